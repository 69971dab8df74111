import type { StatusRead } from '../statuses/read-observer.ts';

/** What decides how long a response may be cached. */
export interface CacheFacts {
  /** Every read that the response was made of. */
  readonly reads: readonly Pick<StatusRead, 'tier' | 'entry'>[];
  /** Whether the request failed, or its result has errors. */
  readonly hasErrors: boolean;
  /** Whether it selects phone numbers or the texts of campaigns. */
  readonly isPersonal: boolean;
}

/** Corrections of a final status reach a cache in front of the server after so long; seconds. */
const MAX_AGE_S = 3_600;

/** Of a response that must not be cached. The response cache of Hive Gateway reads `max-age` alone. */
export const NO_STORE = 'no-store, max-age=0';

/** Of an event stream, which a proxy must not buffer or compress either. */
export const STREAM = 'no-store, no-transform';

/**
 * The `Cache-Control` of a response that is complete: the least freshness that is left of the entries that it was made of, for
 * the cache of one caller. Stale values and failures that are not cached make it `no-store`, as do errors and personal data.
 */
export function cacheControlOf({ reads, hasErrors, isPersonal }: CacheFacts, nowMs: number): string {
  if (hasErrors || isPersonal || reads.length === 0) return NO_STORE;
  let freshUntilMs = Number.POSITIVE_INFINITY;
  for (const { tier, entry } of reads) {
    if (tier === 'stale' || entry === null) return NO_STORE;
    freshUntilMs = Math.min(freshUntilMs, entry.freshUntilMs);
  }
  const maxAgeS = Math.floor((freshUntilMs - nowMs) / 1_000);
  return `private, max-age=${Math.min(Math.max(0, maxAgeS), MAX_AGE_S)}`;
}
