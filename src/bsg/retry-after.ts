/** A date of HTTP begins with the day of the week; `Date.parse` alone would take `1.5` for a day in 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, /;
/** What fits a GraphQL Int. */
const MOST_SECONDS = 0x7fff_ffff;

/** `Retry-After` as whole seconds from now, whether it came as seconds or as a date; null where it is neither. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : secondsUntil(header, nowMs);
  return Number.isNaN(seconds) ? null : Math.min(MOST_SECONDS, Math.max(0, seconds));
}

function secondsUntil(date: string, nowMs: number): number {
  return HTTP_DATE.test(date) ? Math.ceil((Date.parse(date) - nowMs) / 1_000) : Number.NaN;
}
