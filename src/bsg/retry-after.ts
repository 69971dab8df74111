/** Bounds of what is accepted: it decides how long this layer and its callers wait. */
const MIN_SECONDS = 1;
const MAX_SECONDS = 300;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** The three forms of an HTTP date begin with the day of the week; `Date.parse` alone would read `5, 5` as a day in May. */
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /i;
/** Not allowed by HTTP, but unmistakable. */
const ISO_DATE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const HAS_ZONE = /(GMT|UTC|Z|[+-]\d\d:?\d\d)$/i;

/**
 * `Retry-After` as whole seconds from now, 1 to 300, whether it holds a number of seconds or a date; null where it is neither.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
 */
export function retryAfterSeconds(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const seconds = NUMBER.test(header) ? Number(header) : secondsUntil(header, nowMs);
  return Number.isNaN(seconds) ? null : Math.min(MAX_SECONDS, Math.max(MIN_SECONDS, Math.ceil(seconds)));
}

/** NaN for something that is no date. A date without a zone is in UTC. */
function secondsUntil(date: string, nowMs: number): number {
  if (!HTTP_DATE.test(date) && !ISO_DATE.test(date)) return Number.NaN;
  return (Date.parse(HAS_ZONE.test(date) ? date : `${date}Z`) - nowMs) / 1_000;
}
