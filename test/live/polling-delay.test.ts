import { expect, it } from 'vitest';
import { pollingDelayMs } from '../../src/live/polling-delay.ts';

it.each([
  [0, 2_000],
  [10_000, 2_000],
  [60_000, 6_000],
  [300_000, 30_000],
  [86_400_000, 30_000],
])('after %i ms without a change the next poll is in %i ms', (unchangedMs, expected) => {
  expect(pollingDelayMs(unchangedMs, 2_000, () => 0)).toBe(expected);
});

it('the polling delay is spread, and never shorter than the minimum polling interval', () => {
  expect(pollingDelayMs(0, 2_000, () => 0.999)).toBeLessThanOrEqual(2_400);
  expect(pollingDelayMs(300_000, 2_000, () => 0.5)).toBe(33_000);
  expect(pollingDelayMs(0, 3_600_000, () => 0)).toBe(3_600_000);
});
