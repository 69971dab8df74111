import { noObserver, type RequestObserver } from '../bsg/observer.ts';
import type { StatusKey } from '../bsg/resource.ts';
import type { Entry } from './entry.ts';

/**
 * What answered a read: this process's memory, Redis, BSG, another read that was already fetching the same key, a stale value
 * served because BSG failed (stale-if-error, RFC 5861), or the open circuit breaker.
 */
export type Tier = 'memory' | 'redis' | 'bsg' | 'coalesced' | 'stale' | 'circuit_open';

/** One read of a status that has been answered. */
export interface StatusRead {
  readonly key: StatusKey;
  readonly tier: Tier;
  /** `found`, or the code of the failure. */
  readonly outcome: string;
  /** The cached entry that was served. Null where the result is not cached. */
  readonly entry: Entry | null;
}

/** The attributes of the span of reads that were made together. */
export function spanAttributesOf(reads: readonly StatusRead[]) {
  return {
    'bsg.reads': reads.length,
    'bsg.tiers': [...new Set(reads.map(({ tier }) => tier))],
    'bsg.outcomes': [...new Set(reads.map(({ outcome }) => outcome))],
  };
}

/** Counts what a read costs, for the GraphQL request or the poller that makes it. */
export interface ReadObserver extends RequestObserver {
  /** Called for each read; not for a malformed key, which is never read. */
  onRead(read: StatusRead): void;
}

/** Counts nothing. */
export const noReadObserver: ReadObserver = { ...noObserver, onRead: () => {} };
