/** Fake clocks. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import type { MonotonicMs } from '../../src/monotonic-clock.ts';

/** A point in time of a monotonic clock. */
export const at = (ms: number) => ms as MonotonicMs;

const START = new Date('2026-01-01T00:00:00Z');

/** Stops the time of day and the monotonic clock until the test moves them with `vi.advanceTimersByTime`. Timers run as usual. */
export function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: START });
  onTestFinished(() => void vi.useRealTimers());
}

/** Stops both clocks and all timeouts until the test moves them. Sockets work as usual. */
export function fakeTimers(): void {
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'setTimeout', 'clearTimeout'], now: START });
  onTestFinished(() => void vi.useRealTimers());
}

/** Moves faked timers on, a step each turn of the event loop, until the promise settles. Returns what it settles to. */
export async function passTimeUntil<Value>(promise: Promise<Value>, stepMs = 10): Promise<Value> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  while (!isSettled) {
    vi.advanceTimersByTime(stepMs);
    await nextTurn();
  }
  return promise;
}
