import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';
import { ownText } from './own-text.ts';

/** BSG's usual form, with or without a `Z`. Years with fewer than four digits are left to Temporal. */
const PLAIN = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[T ](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ?$/;

/** A message without a delivery report. */
const NO_TIME: ReadonlySet<unknown> = new Set([null, undefined, '', '0000-00-00 00:00:00']);

const DATE_LENGTH = 'YYYY-MM-DD'.length;
const HOUR_LENGTH = 'YYYY-MM-DDTHH'.length;
const SECOND_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

/** Hours whose offsets are kept: six weeks, as times of messages are close to each other. */
const MAX_HOURS = 1_000;

/**
 * Reads whole seconds as RFC 3339 in UTC, as Temporal would, in a hundredth of the time: an offset is constant except in the
 * hours in which the clock changes, so it is computed once for each hour. No time (null, an empty text or the zero date) is
 * null. Undefined, which leaves the time to Temporal: fractions, other zones, an hour with a clock change, a date that does
 * not exist.
 */
export function createPlainTimeReader(timezone: string): (wireTime: unknown) => string | null | undefined {
  const offsets = new LRUCache<string, { readonly ms: number | null }>({ max: MAX_HOURS });

  function offsetMsOf(hour: string): number | null {
    const known = offsets.get(hour);
    if (known !== undefined) return known.ms;
    const ms = constantOffsetMs(hour, timezone);
    offsets.set(hour, { ms });
    return ms;
  }

  return (wireTime) => {
    if (typeof wireTime !== 'string' || !PLAIN.test(wireTime)) return NO_TIME.has(wireTime) ? null : undefined;
    // Joined, so that it is a plain text; see `own-text.ts`.
    const local = [wireTime.slice(0, DATE_LENGTH), 'T', wireTime.slice(DATE_LENGTH + 1, SECOND_LENGTH), 'Z'].join('');
    if (!isOnCalendar(wireTime)) return undefined;
    if (timezone === 'UTC' || wireTime.endsWith('Z')) return local;
    const offsetMs = offsetMsOf(wireTime.slice(0, HOUR_LENGTH));
    if (offsetMs === null) return undefined;
    return ownText(new Date(Date.parse(local) - offsetMs).toISOString().replace('.000Z', 'Z'));
  };
}

/** Whether its month has the day of a date that begins with `YYYY-MM-DD`. */
function isOnCalendar(date: string): boolean {
  const day = Number(date.slice(8, 10));
  if (day <= 28) return true;
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, day)).getUTCDate() === day;
}

/** The offset of a zone in all of an hour such as `2024-12-25 10`; null where the clock changes in it. */
function constantOffsetMs(hour: string, timezone: string): number | null {
  const offsets = ['00:00', '59:59'].flatMap((rest) => {
    const local = Temporal.PlainDateTime.from(`${hour}:${rest}`);
    return (['earlier', 'later'] as const).map(
      (disambiguation) => local.toZonedDateTime(timezone, { disambiguation }).offsetNanoseconds / 1_000_000,
    );
  });
  const [first = 0] = offsets;
  return offsets.every((offset) => offset === first) ? first : null;
}
