/** The clock for durations, which a change of the time of day does not touch. */
declare const brand: unique symbol;

/**
 * A point in time of this process's monotonic clock; milliseconds. A difference of two is a duration. It means nothing to another
 * process, and the type keeps it apart from a time of day.
 */
export type MonotonicMs = number & { readonly [brand]: 'MonotonicMs' };

/** Reads a monotonic clock. */
export type MonotonicClock = () => MonotonicMs;

/** The clock of this process. */
export const monotonicNow: MonotonicClock = () => performance.now() as MonotonicMs;

/** A time that has passed, whenever it is looked at. */
export const LONG_AGO = Number.NEGATIVE_INFINITY as MonotonicMs;

/** The time `ms` after another, or before it where that is negative. */
export function addMs(time: MonotonicMs, ms: number): MonotonicMs {
  return (time + ms) as MonotonicMs;
}

/** The later of two times. */
export function laterOf(a: MonotonicMs, b: MonotonicMs): MonotonicMs {
  return a > b ? a : b;
}

/** The earlier of two times. */
export function earlierOf(a: MonotonicMs, b: MonotonicMs): MonotonicMs {
  return a < b ? a : b;
}

/**
 * The last whole millisecond, for a time that is kept in great numbers: V8 makes an object for each number with a fraction, or
 * above 2^31, which is 25 days.
 */
export function wholeMs(time: MonotonicMs): MonotonicMs {
  return Math.floor(time) as MonotonicMs;
}
