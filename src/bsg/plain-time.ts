import { LRUCache } from 'lru-cache';
import { Temporal } from 'temporal-polyfill';

/** BSG's usual form, with or without a `Z`. Years with fewer than four digits are left to Temporal. */
const PLAIN = /^([1-9]\d{3})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(Z?)$/;

/** A message without a delivery report. */
const NO_TIME: ReadonlySet<unknown> = new Set([null, undefined, '', '0000-00-00 00:00:00']);

const HOUR_LENGTH = 'YYYY-MM-DDTHH'.length;

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
    if (NO_TIME.has(wireTime)) return null;
    const parts = typeof wireTime === 'string' ? PLAIN.exec(wireTime) : null;
    const localMs = parts === null ? null : localMsOf(parts);
    if (parts === null || localMs === null) return undefined;
    const offsetMs = parts[7] === 'Z' || timezone === 'UTC' ? 0 : offsetMsOf(parts[0].slice(0, HOUR_LENGTH));
    return offsetMs === null ? undefined : new Date(localMs - offsetMs).toISOString().replace('.000Z', 'Z');
  };
}

/** Milliseconds since 1970 as if the clock were in UTC; null for a time that no clock shows. */
function localMsOf(parts: RegExpExecArray): number | null {
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1, 7).map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  const ms = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  const date = new Date(ms);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : null;
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
