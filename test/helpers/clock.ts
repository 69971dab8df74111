import { onTestFinished, vi } from 'vitest';

/** Makes the time of day stand still until the test moves it with `vi.advanceTimersByTime`. Timers run as ever. */
export function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-01-01T00:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
}
