import { Temporal } from 'temporal-polyfill';
import { createPlainTimeReader } from './plain-time.ts';

/** One value for each time of a message, in the order in which they happen. */
export type Times<Time> = readonly [timeIn: Time, timeSent: Time, timeDr: Time];

/** Reads the three times of a message together; see {@link createTimesReader}. */
export type ReadTimes = (wireTimes: Times<unknown>) => Times<string | null>;

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)\d*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** What a time can mean, best first: one moment, or more where the clock changes. */
type Candidates = readonly Temporal.Instant[];

/**
 * Reads BSG's zone-less `YYYY-MM-DD HH:MM:SS` in an IANA zone, or RFC 3339 with a zone, and returns RFC 3339 in UTC. Anything
 * else, such as null, an empty text, the zero date or 30 February, is null.
 *
 * An hour that a clock change repeats is read as the first of the two, one that it skips as if the clock had not changed,
 * unless that puts a time before the one that happens before it.
 */
export function createTimesReader(timezone: string): ReadTimes {
  const readPlainly = createPlainTimeReader(timezone);
  return (wireTimes) => {
    const plainIn = readPlainly(wireTimes[0]);
    const plainSent = readPlainly(wireTimes[1]);
    const plainDr = readPlainly(wireTimes[2]);
    // Without a clock change near them, each time means one moment, whatever the others are.
    if (plainIn !== undefined && plainSent !== undefined && plainDr !== undefined) return [plainIn, plainSent, plainDr];
    const best = wireTimes.map((wireTime) => read(wireTime, timezone)?.instant ?? null);
    const isInOrder = disorderOf(best) === 0;
    const [timeIn = null, timeSent = null, timeDr = null] = isInOrder ? best : mostOrderly(wireTimes, timezone);
    return [format(timeIn), format(timeSent), format(timeDr)];
  };
}

/** One time, read by itself. */
interface Reading {
  readonly instant: Temporal.Instant;
  /** The time on the clock; null where the zone is written. */
  readonly local: Temporal.PlainDateTime | null;
}

function read(wireTime: unknown, timezone: string): Reading | null {
  const [, date, time, zone] = (typeof wireTime === 'string' && DATE_TIME.exec(wireTime)) || [];
  if (date === undefined || time === undefined) return null;
  try {
    if (zone !== undefined) return { instant: Temporal.Instant.from(`${date}T${time}${zone}`), local: null };
    const local = Temporal.PlainDateTime.from(`${date}T${time}`);
    return { instant: local.toZonedDateTime(timezone).toInstant(), local };
  } catch {
    return null;
  }
}

function candidatesFor(wireTime: unknown, timezone: string): Candidates {
  const reading = read(wireTime, timezone);
  if (reading === null) return [];
  const { instant, local } = reading;
  if (local === null) return [instant];
  const others = (['later', 'earlier'] as const).map((disambiguation) =>
    local.toZonedDateTime(timezone, { disambiguation }).toInstant(),
  );
  return [instant, ...others.filter((other) => !other.equals(instant))];
}

/** Of all that the times can mean together, what is in order; at least the report not before the sending. */
function mostOrderly(wireTimes: Times<unknown>, timezone: string): readonly (Temporal.Instant | null)[] {
  let combinations: readonly (readonly (Temporal.Instant | null)[])[] = [[]];
  for (const wireTime of wireTimes) {
    const candidates = candidatesFor(wireTime, timezone);
    const options = candidates.length === 0 ? [null] : candidates;
    combinations = combinations.flatMap((times) => options.map((option) => [...times, option]));
  }
  return combinations.toSorted((a, b) => disorderOf(a) - disorderOf(b))[0] ?? [];
}

/** 0 where no time is before the one that happens before it. A later pair weighs more than those before it. */
function disorderOf(times: readonly (Temporal.Instant | null)[]): number {
  const known = times.filter((time) => time !== null);
  return known.reduce((disorder, time, i) => {
    const previous = known[i - 1];
    return previous !== undefined && Temporal.Instant.compare(previous, time) > 0 ? disorder + 2 ** i : disorder;
  }, 0);
}

/** Null for a moment that no year of four digits has. */
function format(instant: Temporal.Instant | null): string | null {
  const text = instant?.toString() ?? '';
  return /^\d{4}-/.test(text) ? text : null;
}
