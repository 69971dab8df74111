/** An HTTP date begins with the day of the week; `Date.parse` alone would read `1.5` as a day in 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, /;
/** The largest GraphQL Int. */
const MAX_SECONDS = 0x7fff_ffff;

/**
 * `Retry-After` as whole seconds from now, whether it holds seconds or a date; null where it is neither.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : secondsUntil(header, nowMs);
  return Number.isNaN(seconds) ? null : Math.min(MAX_SECONDS, Math.max(0, seconds));
}

function secondsUntil(date: string, nowMs: number): number {
  return HTTP_DATE.test(date) ? Math.ceil((Date.parse(date) - nowMs) / 1_000) : Number.NaN;
}
