/** Cache entries: what is kept of a result, and which of two counts. Pure. */
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import type { BsgValue, Resource } from '../bsg/resource.ts';
import { addMs, earlierOf, type MonotonicMs, wholeMs } from '../monotonic-clock.ts';
import { type CachePolicy, ttlOf } from './cache-policy.ts';

/**
 * A cached result with its times. `requestedAtMs` and `recheck.sinceMs` are exact, as they order fetches and invalidations within
 * a millisecond; the others are whole, see {@link wholeMs}.
 */
export interface Entry<Value extends BsgValue = BsgValue> {
  readonly result: Value | BsgFailure;
  /** When the fetch began: of two results, the one whose fetch began later knows more. */
  readonly requestedAtMs: MonotonicMs;
  /** Until then it is served without a fetch. */
  readonly freshUntilMs: MonotonicMs;
  /** Until then it may be served while BSG fails. */
  readonly staleUntilMs: MonotonicMs;
  /** Set where a final value was invalidated, as it may have been corrected. */
  readonly recheck?: Recheck | undefined;
}

/** A final value that has to be fetched again: a result requested since then replaces it, whatever it is. */
export interface Recheck {
  readonly sinceMs: MonotonicMs;
  /** Gets its TTL back if that fetch fails. */
  readonly freshUntilMs: MonotonicMs;
}

/** The entry of a result fetched now; null for a result that is neither cached nor needed by a later one. */
export function createEntry<Value extends BsgValue>(
  resource: Resource<Value>,
  result: Value | BsgFailure,
  requestedAtMs: MonotonicMs,
  policy: CachePolicy,
  nowMs: MonotonicMs,
): Entry<Value> | null {
  const { freshMs, staleMs } = ttlOf(resource, result, policy);
  const isKnowledge = !isFailure(result) || result.group === 'notFound';
  const isKept = freshMs + staleMs > 0 || (resource.history !== undefined && isKnowledge);
  if (!isKept) return null;
  const fromMs = wholeMs(nowMs);
  return {
    result,
    requestedAtMs,
    freshUntilMs: addMs(fromMs, freshMs),
    staleUntilMs: addMs(fromMs, freshMs + staleMs),
  };
}

/** An entry of another instance, whose policy may differ: bounded by what one fetched here and now would get. */
export function adoptEntry<Value extends BsgValue>(
  resource: Resource<Value>,
  entry: Entry<Value>,
  policy: CachePolicy,
  nowMs: MonotonicMs,
): Entry<Value> {
  const { freshMs, staleMs } = ttlOf(resource, entry.result, policy);
  const fromMs = wholeMs(nowMs);
  return {
    ...entry,
    requestedAtMs: earlierOf(entry.requestedAtMs, nowMs),
    freshUntilMs: earlierOf(entry.freshUntilMs, addMs(fromMs, freshMs)),
    staleUntilMs: earlierOf(entry.staleUntilMs, addMs(fromMs, freshMs + staleMs)),
  };
}

/** A fetched result, with what it lacks taken from the previous entry of its key; see {@link Resource.history}. */
export function carryOver<Value extends BsgValue>(
  { history }: Resource<Value>,
  result: Value | BsgFailure,
  previous: Entry<Value> | null,
): Value | BsgFailure {
  if (history === undefined || previous === null || isFailure(result) || isFailure(previous.result)) return result;
  return history.carryOver(result, previous.result);
}

/** The entry after an invalidation: the next read fetches. */
export function expireEntry<Value extends BsgValue>(
  resource: Resource<Value>,
  entry: Entry<Value>,
  nowMs: MonotonicMs,
): Entry<Value> {
  const expired = { ...entry, freshUntilMs: wholeMs(nowMs) };
  if (!isIrrevocable(resource, entry)) return expired;
  const { freshUntilMs } = entry.recheck ?? entry;
  return { ...expired, recheck: { sinceMs: nowMs, freshUntilMs } };
}

/** The entry of a final value whose recheck failed, with its TTL from before. */
export function restoreEntry<Value extends BsgValue>({ recheck, ...entry }: Entry<Value>): Entry<Value> {
  return recheck === undefined ? entry : { ...entry, freshUntilMs: recheck.freshUntilMs };
}

/**
 * Which of two entries of one key counts: one that was requested after the other was to be rechecked, a final one that cannot
 * revert, else the one that was requested later.
 */
export function newerOf<Value extends BsgValue>(
  resource: Resource<Value>,
  known: Entry<Value> | null,
  other: Entry<Value> | null,
): Entry<Value> | null {
  if (known === null || other === null) return known ?? other;
  if (corrects(known, other)) return known;
  if (corrects(other, known)) return other;
  const isKnownFinal = isIrrevocable(resource, known);
  if (isKnownFinal !== isIrrevocable(resource, other)) return isKnownFinal ? known : other;
  return known.requestedAtMs >= other.requestedAtMs ? known : other;
}

function corrects(later: Entry, { recheck }: Entry): boolean {
  return recheck !== undefined && later.recheck === undefined && later.requestedAtMs >= recheck.sinceMs;
}

/** Whether it holds a final value, which no later one replaces unless it is rechecked. */
export function isIrrevocable<Value extends BsgValue>(resource: Resource<Value>, { result }: Entry<Value>): boolean {
  return !resource.canRevert && !isFailure(result) && resource.isFinal(result);
}
