/** A status that has not changed for long is polled less often, but hardly less than this. */
const MAX_DELAY_MS = 30_000;
/** The delay is this share of the time for which nothing has changed. */
const SHARE_OF_AGE = 1 / 10;
/** Spreads the polls of many pollers that began together: each comes up to this share later, when no cache has the status. */
const JITTER = 0.2;

/** How long to wait before the next poll of a status that has not changed for `unchangedMs`; `random` is from 0 up to 1. */
export function pollingDelayMs(unchangedMs: number, intervalMs: number, random: () => number): number {
  const delayMs = Math.max(intervalMs, Math.min(MAX_DELAY_MS, unchangedMs * SHARE_OF_AGE));
  return delayMs * (1 + JITTER * random());
}
