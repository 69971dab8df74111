import { Temporal } from 'temporal-polyfill';

const WIRE_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;

/**
 * Reads BSG's zone-less `YYYY-MM-DD HH:MM:SS` in an IANA zone and returns RFC 3339 in UTC. Anything else, such as null, an
 * empty text, the zero date or 30 February, is null. An hour that a clock change repeats is read as the first of the two;
 * one that it skips, as if the clock had not changed.
 */
export function createTimeReader(timezone: string): (wireTime: unknown) => string | null {
  return (wireTime) => {
    if (typeof wireTime !== 'string' || !WIRE_TIME.test(wireTime)) return null;
    try {
      return Temporal.PlainDateTime.from(wireTime).toZonedDateTime(timezone).toInstant().toString();
    } catch {
      return null;
    }
  };
}
