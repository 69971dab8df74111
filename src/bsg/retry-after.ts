/** A date of HTTP begins with the day of the week; `Date.parse` alone would take `1.5` for a day in 2001. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, /;
/** What fits a GraphQL Int; a longer wait is no advice. */
const MOST_SECONDS = 0x7fff_ffff;

/** `Retry-After` as whole seconds from now, whether it came as seconds or as a date; null where it is neither. */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  if (!HTTP_DATE.test(header)) return null;
  const seconds = Math.max(0, Math.ceil((Date.parse(header) - nowMs) / 1_000));
  return seconds <= MOST_SECONDS ? seconds : null;
}
