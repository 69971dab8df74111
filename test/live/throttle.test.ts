import { expect, it, vi } from 'vitest';
import { createThrottle } from '../../src/live/throttle.ts';
import { fakeTimers } from '../helpers/clock.ts';

it('a throttle runs the first call at once and, at the end of the window, the latest of the others', () => {
  fakeTimers();
  const runs: string[] = [];
  const throttle = createThrottle<{ text: string; says: string }>({
    run: ({ says }) => runs.push(says),
    windowMs: 1_000,
    maxKeys: 10,
  });

  for (const says of ['id', 'reference', 'both']) throttle.call({ text: 'sms:1', says });
  expect(runs).toEqual(['id']);
  vi.advanceTimersByTime(1_000);
  expect(runs).toEqual(['id', 'both']);
  vi.advanceTimersByTime(10_000);
  expect(runs).toEqual(['id', 'both']);
});
