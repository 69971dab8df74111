import { z } from 'zod';
import { type BsgFailure, failureSchema, isFailure } from '../bsg/failure.ts';
import type { BsgValue, Resource } from '../bsg/resource.ts';
import { type CachePolicy, ttlOf } from './cache-policy.ts';

/** A cached result with its times; milliseconds since 1970. Plain JSON. */
export interface Entry<Value extends BsgValue = BsgValue> {
  readonly result: Value | BsgFailure;
  /** When the fetch began: of two results, the one whose fetch began later knows more. */
  readonly requestedAtMs: number;
  /** Until then it is served without a fetch. */
  readonly freshUntilMs: number;
  /** Until then it may be served while BSG fails. */
  readonly staleUntilMs: number;
}

/** Shape of the entries of one resource, for entries that come from a shared cache. */
export function entrySchemaOf<Value extends BsgValue>(resource: Resource<Value>): z.ZodType<Entry<Value>> {
  return z.strictObject({
    result: z.union([resource.schema, failureSchema]),
    requestedAtMs: z.number(),
    freshUntilMs: z.number(),
    staleUntilMs: z.number(),
  });
}

/** The entry of a result fetched now; null for one that is not kept: it is not cached, and no later one depends on it. */
export function createEntry<Value extends BsgValue>(
  resource: Resource<Value>,
  result: Value | BsgFailure,
  requestedAtMs: number,
  policy: CachePolicy,
  nowMs: number,
): Entry<Value> | null {
  const { freshMs, staleMs } = ttlOf(resource, result, policy);
  const isKept = freshMs + staleMs > 0 || (resource.history !== undefined && !isFailure(result));
  if (!isKept) return null;
  return { result, requestedAtMs, freshUntilMs: nowMs + freshMs, staleUntilMs: nowMs + freshMs + staleMs };
}

/** An entry of another instance, whose clock and policy may differ: bounded by what one fetched here and now would get. */
export function adoptEntry<Value extends BsgValue>(
  resource: Resource<Value>,
  entry: Entry<Value>,
  policy: CachePolicy,
  nowMs: number,
): Entry<Value> {
  const { freshMs, staleMs } = ttlOf(resource, entry.result, policy);
  return {
    result: entry.result,
    requestedAtMs: Math.min(entry.requestedAtMs, nowMs),
    freshUntilMs: Math.min(entry.freshUntilMs, nowMs + freshMs),
    staleUntilMs: Math.min(entry.staleUntilMs, nowMs + freshMs + staleMs),
  };
}

/** A fetched result, completed by what the previous entry of its key knows; see {@link Resource.history}. */
export function carryOver<Value extends BsgValue>(
  { history }: Resource<Value>,
  result: Value | BsgFailure,
  previous: Entry<Value> | null,
): Value | BsgFailure {
  if (history === undefined || previous === null || isFailure(result) || isFailure(previous.result)) return result;
  return history.carryOver(result, previous.result);
}

/** Which of two entries of one key counts: a final one that cannot revert, else the one that was requested later. */
export function newerOf<Value extends BsgValue>(
  resource: Resource<Value>,
  known: Entry<Value> | null,
  other: Entry<Value> | null,
): Entry<Value> | null {
  if (known === null || other === null) return known ?? other;
  const isKnownFinal = isIrrevocable(resource, known);
  if (isKnownFinal !== isIrrevocable(resource, other)) return isKnownFinal ? known : other;
  return known.requestedAtMs >= other.requestedAtMs ? known : other;
}

/** Whether it holds a final value that no later one replaces. */
export function isIrrevocable<Value extends BsgValue>(resource: Resource<Value>, { result }: Entry<Value>): boolean {
  return !resource.canRevert && !isFailure(result) && resource.isFinal(result);
}
