/** Amounts of money as BSG writes them, such as `0.23` or `1.1000000`, or as JSON may, such as `2.0e-2`: read and added exactly. */

/** Bounded, so that an amount written with an exponent stays a number of a few hundred digits. */
const AMOUNT = /^(-?\d{1,100})(?:\.(\d{1,100}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** Whether the text is an amount. */
export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

/** The exact sum, without an exponent and without trailing zeros. Each text is an amount, see {@link isAmount}. */
export function sumOfAmounts(amounts: readonly string[]): string {
  const parts = amounts.map(partsOf);
  const scale = Math.max(0, ...parts.map((each) => each.scale));
  const sum = parts.reduce((total, each) => total + each.digits * 10n ** BigInt(scale - each.scale), 0n);
  const digits = String(sum < 0n ? -sum : sum).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  return `${sum < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** An amount as whole digits and the number of them that are decimals. */
function partsOf(amount: string): { readonly digits: bigint; readonly scale: number } {
  const [, whole = '0', fraction = '', exponent = '0'] = AMOUNT.exec(amount) ?? [];
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}
