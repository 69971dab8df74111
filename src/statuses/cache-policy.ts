import type { BsgFailure } from '../bsg/failure.ts';
import { isFailure } from '../bsg/failure.ts';
import type { BsgValue, Resource } from '../bsg/resource.ts';

/** How long results are cached; milliseconds. 0 switches a rule off. */
export interface CachePolicy {
  /** A final value. @default 86_400_000 (24 hours) */
  readonly finalTtlMs: number;
  /** A value that can still change, and "not found". @default 2_000 */
  readonly pendingTtlMs: number;
  /** After its TTL, how long a value may be served stale while BSG fails (stale-if-error, RFC 5861). @default 600_000 (10 minutes) */
  readonly staleIfErrorMs: number;
}

/** How long one result is fresh, and how long after that it may be served stale. Both 0: it is not cached. */
export interface Ttl {
  readonly freshMs: number;
  readonly staleMs: number;
}

const NOT_CACHED: Ttl = { freshMs: 0, staleMs: 0 };

/** The TTL of a result. Of all failures only "not found" is cached: after fixing another one, an operator wants to see it fixed. */
export function ttlOf<Value extends BsgValue>(
  resource: Resource<Value>,
  result: Value | BsgFailure,
  { finalTtlMs, pendingTtlMs, staleIfErrorMs }: CachePolicy,
): Ttl {
  if (isFailure(result)) return result.group === 'notFound' ? { freshMs: pendingTtlMs, staleMs: 0 } : NOT_CACHED;
  if (!resource.isFinal(result)) return { freshMs: pendingTtlMs, staleMs: staleIfErrorMs };
  const maxTtlMs = resource.maxFinalTtlMs?.(result) ?? finalTtlMs;
  return { freshMs: Math.min(finalTtlMs, maxTtlMs), staleMs: staleIfErrorMs };
}
