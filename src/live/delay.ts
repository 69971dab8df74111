/** A message that has not changed for long is looked at less often, but hardly less than this. */
const LONGEST_DELAY_MS = 30_000;
/** The delay is this share of the time for which nothing has changed. */
const SHARE_OF_AGE = 1 / 10;
/** Spreads the looks of many watches that began together: each comes up to this share later, when no cache has the status. */
const JITTER = 0.2;

/** How long to wait before the next look at what has not changed for `unchangedMs`; `random` is from 0 up to 1. */
export function delayBeforeLookMs(unchangedMs: number, intervalMs: number, random: () => number): number {
  const delayMs = Math.max(intervalMs, Math.min(LONGEST_DELAY_MS, unchangedMs * SHARE_OF_AGE));
  return delayMs * (1 + JITTER * random());
}
