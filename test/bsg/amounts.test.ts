import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAmount, sumOfAmounts } from '../../src/bsg/amounts.ts';

describe('the sum of amounts', () => {
  it.each([
    [['0.1', '0.2'], '0.3'],
    [['0.23', '0.2300000', '1.1000000'], '1.56'],
    [['0.0000001', '0.0000002'], '0.0000003'],
    [['1', '2.00'], '3'],
    [['9007199254740993', '0.1'], '9007199254740993.1'],
    [['99999999999999999999.99', '0.01'], '100000000000000000000'],
    [['2.0e-2', '1E2', '1e+1'], '110.02'],
    [['-0.5', '0.2'], '-0.3'],
    [['-0.00', '-0'], '0'],
    [['-0.05'], '-0.05'],
    [['007.10'], '7.1'],
    [[], '0'],
  ])('of %j is exactly %s', (amounts, sum) => {
    expect(sumOfAmounts(amounts)).toBe(sum);
  });

  it('is that of whole cents, in whatever order and notation they come', () => {
    const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    const notation = fc.constantFrom(
      (each: number) => (each / 100).toFixed(2),
      (each: number) => `${(each / 100).toFixed(2)}00000`,
      (each: number) => `${each}e-2`,
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, notation)), (prices) => {
        const total = prices.reduce((sum, [each]) => sum + each, 0);
        expect(sumOfAmounts(prices.map(([each, write]) => write(each)))).toBe(String(total / 100));
      }),
    );
  });
});

it.each(['free', '', ' 1', '1.', '.5', '+1', '0x10', '1e999', '1e-999999999', 'Infinity', '9'.repeat(101)])(
  '%j is no amount',
  (text) => {
    expect(isAmount(text)).toBe(false);
  },
);
