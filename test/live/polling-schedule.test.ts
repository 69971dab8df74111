import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPollingSchedule } from '../../src/live/polling-schedule.ts';
import { addMs, monotonicNow } from '../../src/monotonic-clock.ts';
import { at } from '../helpers/clock.ts';

const INTERVAL_MS = 2_000;

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

const start = (random = 0) =>
  createPollingSchedule({ intervalMs: INTERVAL_MS, now: monotonicNow, random: () => random });

describe('the polling schedule', () => {
  it('runs together what is due around the same time', () => {
    const ranAtMs: number[] = [];
    const schedule = start();
    for (const dueMs of [1_200, 2_000, 2_900]) schedule.at(at(dueMs), (tickMs) => ranAtMs.push(tickMs));
    vi.advanceTimersByTime(INTERVAL_MS);
    expect(ranAtMs).toEqual([2_000, 2_000, 2_000]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('runs each poll once, at a common tick that is still to come and at most an interval off', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.array(fc.tuple(fc.nat(60_000), fc.nat(5_000)), { minLength: 1, maxLength: 50 }),
        (random, polls) => {
          const schedule = start(random);
          const phaseMs = Math.floor(random * INTERVAL_MS);
          for (const [dueInMs, passMs] of polls) {
            const dueMs = addMs(monotonicNow(), dueInMs);
            const scheduledAtMs = monotonicNow();
            let runs = 0;
            schedule.at(dueMs, (tickMs) => {
              runs++;
              expect((tickMs - phaseMs) % INTERVAL_MS).toBe(0);
              expect(tickMs).toBeGreaterThan(scheduledAtMs);
              expect(Math.abs(tickMs - dueMs)).toBeLessThanOrEqual(INTERVAL_MS);
              expect(monotonicNow()).toBe(tickMs);
            });
            vi.advanceTimersByTime(passMs);
            vi.advanceTimersByTime(70_000);
            expect(runs).toBe(1);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('does not run what was cancelled, and keeps no timer for it', () => {
    const schedule = start();
    const cancels = [schedule.at(at(2_000), () => expect.fail()), schedule.at(at(2_000), () => expect.fail())];
    for (const cancel of cancels) cancel();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
  });

  it('lets a poll cancel another one of its tick, and be set up again', () => {
    const ran: string[] = [];
    const schedule = start();
    schedule.at(at(2_000), (tickMs) => {
      ran.push('first');
      cancel();
      schedule.at(addMs(tickMs, INTERVAL_MS), () => ran.push('again'));
    });
    const cancel = schedule.at(at(2_000), () => ran.push('second'));
    vi.advanceTimersByTime(3_000);
    expect(ran).toEqual(['first']);
    vi.advanceTimersByTime(1_000);
    expect(ran).toEqual(['first', 'again']);
  });
});
