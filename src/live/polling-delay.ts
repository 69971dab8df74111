/** A status that has not changed for long is polled less often, but at least this often. */
const MAX_DELAY_MS = 30_000;
/** The delay is this share of the time for which nothing has changed. */
const SHARE_OF_AGE = 1 / 10;

/** How long to wait before the next poll of a status that has not changed for `unchangedMs`. */
export function pollingDelayMs(unchangedMs: number, intervalMs: number): number {
  return Math.max(intervalMs, Math.min(MAX_DELAY_MS, unchangedMs * SHARE_OF_AGE));
}
