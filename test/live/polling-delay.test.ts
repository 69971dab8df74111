import { expect, it } from 'vitest';
import { pollingDelayMs } from '../../src/live/polling-delay.ts';

it.each([
  [0, 2_000],
  [10_000, 2_000],
  [60_000, 6_000],
  [300_000, 30_000],
  [86_400_000, 30_000],
])('after %i ms without a change a status is polled again in %i ms', (unchangedMs, expected) => {
  expect(pollingDelayMs(unchangedMs, 2_000)).toBe(expected);
});

it('the delay is never shorter than the minimum polling interval', () => {
  expect(pollingDelayMs(0, 3_600_000)).toBe(3_600_000);
});
