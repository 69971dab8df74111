import { addMs, type MonotonicClock, type MonotonicMs } from '../monotonic-clock.ts';

/** How long the fetches that begin together may take: queueing, all attempts and the pauses between them. */
export interface Deadline {
  readonly startedAtMs: MonotonicMs;
  readonly expiresAtMs: MonotonicMs;
}

/** What was sent for one fetch. */
export interface Sent {
  readonly deadline: Deadline;
  /** Whether a request for it began while at least half of the time was left. */
  hadItsTurn: boolean;
  /** The request that was last sent for it; several fetches can share one. Null: none was sent. */
  request: object | null;
}

/** A deadline from now on. */
export function startDeadline(timeoutMs: number, now: MonotonicClock): Deadline {
  const startedAtMs = now();
  return { startedAtMs, expiresAtMs: addMs(startedAtMs, timeoutMs) };
}

/**
 * A timer that leaves one turn to responses which have arrived by then. After a stall of this process the event loop fires
 * timers before it reads sockets, and BSG was in time.
 */
export function setDeadline(onDeadline: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(() => setImmediate(onDeadline), delayMs);
}
