/** Numbers and times as text. */

const NUMBER = new Intl.NumberFormat('en');
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });
const DATE = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { style: 'narrow' });

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Such as `1,000`. */
export function formatCount(count: number): string {
  return NUMBER.format(count);
}

/** Such as `97%`, of a share of 0 to 1. */
export function formatShare(share: number): string {
  return PERCENT.format(share);
}

/** Such as `€0.23`. Prices of one message may have more decimals. */
export function formatMoney(amount: number, currency: string): string {
  return amount.toLocaleString('en', { style: 'currency', currency, maximumFractionDigits: 4 });
}

/** Such as `Jan 17, 2017, 9:11:41 AM`, in the time zone of the browser. */
export function formatDate(dateTime: string): string {
  return DATE.format(new Date(dateTime));
}

/** Such as `10s`, `3m` or `2d`: the largest unit, rounded down. */
export function formatDuration(seconds: number): string {
  const [unit, length] = unitOf(seconds);
  return (seconds / length).toLocaleString('en', {
    style: 'unit',
    unit,
    unitDisplay: 'narrow',
    maximumFractionDigits: 0,
    roundingMode: 'trunc',
  });
}

/** Such as `12s ago`. */
export function formatRelative(dateTime: string, nowMs: number): string {
  const seconds = Math.round((Date.parse(dateTime) - nowMs) / 1_000);
  const [unit, length] = unitOf(seconds);
  return RELATIVE.format(Math.trunc(seconds / length), unit);
}

/** The largest unit that fits, with its seconds. */
function unitOf(seconds: number) {
  return UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
}
