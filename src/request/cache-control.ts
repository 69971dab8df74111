/** The `Cache-Control` of GraphQL responses. */
import type { MonotonicMs } from '../monotonic-clock.ts';
import type { StatusRead } from '../statuses/read-observer.ts';

/** What decides how long a response may be cached. */
export interface CacheFacts {
  /** Every read behind the response. */
  readonly reads: readonly Pick<StatusRead, 'tier' | 'entry'>[];
  /** Whether the request failed, or its result has errors. */
  readonly hasErrors: boolean;
  /** Whether it selects phone numbers or the texts of campaigns. */
  readonly isPersonal: boolean;
}

/** Corrections of a final status reach a cache in front of the server after this time at the latest; seconds. */
const MAX_AGE_S = 3_600;

/** Of a response that must not be cached. The response cache of Hive Gateway reads `max-age` alone. */
export const NO_STORE = 'no-store, max-age=0';

/** Of an event stream, which a proxy must not buffer or compress either. */
export const STREAM = 'no-store, no-transform';

/**
 * The `Cache-Control` of a complete response: fresh for as long as each of the entries behind it, for the cache of one caller.
 * Errors, personal data, stale values and failures that are not cached make it `no-store`.
 */
export function cacheControlOf({ reads, hasErrors, isPersonal }: CacheFacts, nowMs: MonotonicMs): string {
  if (hasErrors || isPersonal || reads.length === 0) return NO_STORE;
  let freshUntilMs = Number.POSITIVE_INFINITY;
  for (const { tier, entry } of reads) {
    if (tier === 'stale' || entry === null) return NO_STORE;
    freshUntilMs = Math.min(freshUntilMs, entry.freshUntilMs);
  }
  const maxAgeS = Math.floor((freshUntilMs - nowMs) / 1_000);
  return `private, max-age=${Math.min(Math.max(0, maxAgeS), MAX_AGE_S)}`;
}
