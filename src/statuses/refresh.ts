import { setTimeout as pause } from 'node:timers/promises';
import type { BsgClient } from '../bsg/client.ts';
import { type BsgFailure, failure, isFailure } from '../bsg/failure.ts';
import type { RequestObserver, Tier } from '../bsg/observer.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './outcome.ts';
import type { SharedCache } from './shared-cache.ts';
import type { Flight } from './single-flight.ts';
import type { Purpose, TwoTierCache } from './two-tier-cache.ts';

/** Options of {@link createRefresh}. */
export interface RefreshOptions {
  readonly client: Pick<BsgClient, 'fetch'>;
  readonly cache: TwoTierCache;
  readonly shared: SharedCache;
  readonly circuitBreaker: CircuitBreaker;
  /** How long to wait for another instance that fetches the same key. Longer than the lease of its lock. Milliseconds. */
  readonly lockWaitMs: number;
  /** Clock; milliseconds since 1970. */
  readonly now: () => number;
}

/** One read of a key that is not fresh in memory. */
export interface Refresh<Value extends BsgValue> {
  readonly key: StatusKey<Value>;
  /** The entry in memory. */
  readonly known: Entry<Value> | null;
  readonly purpose: Purpose;
  readonly flight: Flight;
  readonly observer: RequestObserver;
}

/** How often to check whether the instance that holds the lock has finished: at first, and after a while. */
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 200;

/**
 * Reads a key that is not fresh in memory: from the shared cache, else from BSG, by one instance at a time. With an open
 * circuit breaker, from the shared cache alone.
 */
export function createRefresh(options: RefreshOptions) {
  const { client, cache, shared, circuitBreaker, lockWaitMs, now } = options;

  function outcomeOf<Value extends BsgValue>(
    result: Value | BsgFailure,
    known: Entry<Value> | null,
    tier: Tier,
  ): Outcome<Value> {
    return { result, staleResult: cache.staleResultOf(known), tier };
  }

  async function readWithoutBsg<Value extends BsgValue>(
    { key, known, purpose }: Refresh<Value>,
    rejection: BsgFailure,
  ): Promise<Outcome<Value>> {
    const latest = cache.merge(key, known, await shared.get(key));
    if (latest === null || !cache.isFresh(key, latest, purpose)) return outcomeOf(rejection, latest, 'circuit_open');
    return keepShared(key, latest);
  }

  /** Null while another instance holds the lock. */
  async function tryOnce<Value extends BsgValue>(
    refresh: Refresh<Value>,
    hasWaited: boolean,
  ): Promise<Outcome<Value> | null> {
    const { key, purpose } = refresh;
    const { isOwner, entry, failure: ownersFailure } = await shared.acquire(key);
    const known = cache.merge(key, refresh.known, entry);
    if (known !== null && cache.isFresh(key, known, purpose)) {
      if (isOwner) shared.release(key, null);
      return keepShared(key, known);
    }
    // Those who waited for the lock get the failure of its last owner; those who come later fetch again.
    if (hasWaited && ownersFailure !== null) {
      if (isOwner) shared.release(key, null);
      return outcomeOf(ownersFailure, known, 'coalesced');
    }
    return isOwner ? fetchAsOwner({ ...refresh, known }) : null;
  }

  function keepShared<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Outcome<Value> {
    cache.keep(key, entry);
    return { result: entry.result, staleResult: null, tier: 'redis' };
  }

  async function fetchAsOwner<Value extends BsgValue>(refresh: Refresh<Value>): Promise<Outcome<Value>> {
    const { key, known, flight, observer } = refresh;
    const requestedAtMs = now();
    let fetched: Value | BsgFailure | null = null;
    try {
      fetched = await circuitBreaker.execute<Value>(key.id, known !== null, () =>
        client.fetch(key, observer, known?.result ?? null),
      );
      const { isInvalidated } = flight;
      return outcomeOf(cache.record(key, { result: fetched, requestedAtMs, known, isInvalidated }), known, 'bsg');
    } finally {
      shared.release(key, fetched !== null && isFailure(fetched) ? fetched : null);
    }
  }

  return async function refresh<Value extends BsgValue>(read: Refresh<Value>): Promise<Outcome<Value>> {
    const rejection = circuitBreaker.rejection(read.key.id);
    if (rejection !== null) return readWithoutBsg(read, rejection);
    const waitUntilMs = now() + lockWaitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const outcome = await tryOnce(read, pauseMs > FIRST_PAUSE_MS);
      if (outcome !== null) return outcome;
      if (now() >= waitUntilMs) return outcomeOf(failure('TIMEOUT', read.key.id), read.known, 'coalesced');
      await pause(pauseMs);
    }
  };
}
