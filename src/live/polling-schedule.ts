import type { MonotonicClock, MonotonicMs } from '../monotonic-clock.ts';

/** Options of {@link createPollingSchedule}. */
export interface PollingScheduleOptions {
  /** Time between two ticks; milliseconds. */
  readonly intervalMs: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** From 0 up to 1; sets the ticks of this process apart from those of others. */
  readonly random: () => number;
}

/** Runs polls at common ticks, so that those of many keys come together and share requests. */
export interface PollingSchedule {
  /** Runs `poll` with the time of its tick: the one nearest to `dueMs` that is still to come. Returns the function that cancels it. */
  at(dueMs: MonotonicMs, poll: (tickMs: MonotonicMs) => void): () => void;
}

/** The polls of one tick. */
interface Tick {
  readonly polls: Set<(tickMs: MonotonicMs) => void>;
  readonly timer: NodeJS.Timeout;
}

/** A schedule without polls. */
export function createPollingSchedule({ intervalMs, now, random }: PollingScheduleOptions): PollingSchedule {
  const phaseMs = Math.floor(random() * intervalMs);
  const ticks = new Map<MonotonicMs, Tick>();

  function nearestTickMs(dueMs: MonotonicMs): MonotonicMs {
    const nearest = Math.round((dueMs - phaseMs) / intervalMs);
    const next = Math.floor((now() - phaseMs) / intervalMs) + 1;
    return (Math.max(nearest, next) * intervalMs + phaseMs) as MonotonicMs;
  }

  function openTick(tickMs: MonotonicMs): Tick {
    const tick = {
      polls: new Set<(tickMs: MonotonicMs) => void>(),
      timer: setTimeout(() => run(tickMs), tickMs - now()),
    };
    ticks.set(tickMs, tick);
    return tick;
  }

  function run(tickMs: MonotonicMs): void {
    const polls = ticks.get(tickMs)?.polls ?? [];
    ticks.delete(tickMs);
    for (const poll of polls) poll(tickMs);
  }

  function cancel(tickMs: MonotonicMs, { polls, timer }: Tick, poll: (tickMs: MonotonicMs) => void): void {
    polls.delete(poll);
    if (polls.size > 0) return;
    clearTimeout(timer);
    if (ticks.get(tickMs)?.polls === polls) ticks.delete(tickMs);
  }

  return {
    at(dueMs, poll) {
      const tickMs = nearestTickMs(dueMs);
      const tick = ticks.get(tickMs) ?? openTick(tickMs);
      tick.polls.add(poll);
      return () => cancel(tickMs, tick, poll);
    },
  };
}
