import { setTimeout as pause } from 'node:timers/promises';
import type { BsgClient } from '../bsg/client.ts';
import { type BsgFailure, failure, isFailure } from '../bsg/failure.ts';
import type { RequestObserver } from '../bsg/observer.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './outcome.ts';
import type { Tier } from './read-observer.ts';
import type { SharedCache } from './shared-cache.ts';
import type { Flight } from './single-flight.ts';
import type { Purpose, Recorded, TwoTierCache } from './two-tier-cache.ts';

/** Options of {@link Refresher}. */
export interface RefresherOptions {
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
 * Reads keys that are not fresh in memory: from the shared cache, else from BSG, by one instance at a time. With an open
 * circuit breaker, from the shared cache alone.
 */
export class Refresher {
  readonly #options: RefresherOptions;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** Reads one key. */
  async refresh<Value extends BsgValue>(read: Refresh<Value>): Promise<Outcome<Value>> {
    const { circuitBreaker, lockWaitMs, now } = this.#options;
    const rejection = circuitBreaker.rejection(read.key.id);
    if (rejection !== null) return this.#readWithoutBsg(read, rejection);
    const waitUntilMs = now() + lockWaitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const outcome = await this.#tryOnce(read, pauseMs > FIRST_PAUSE_MS);
      if (outcome !== null) return outcome;
      if (now() >= waitUntilMs)
        return this.#outcomeOf(notCached(failure('TIMEOUT', read.key.id)), read.known, 'coalesced');
      await pause(pauseMs);
    }
  }

  async #readWithoutBsg<Value extends BsgValue>(
    { key, known, purpose }: Refresh<Value>,
    rejection: BsgFailure,
  ): Promise<Outcome<Value>> {
    const { cache, shared } = this.#options;
    const latest = cache.merge(key, known, await shared.get(key));
    if (latest !== null && cache.isFresh(key, latest, purpose)) return this.#keepShared(key, latest);
    return this.#outcomeOf(notCached(rejection), latest, 'circuit_open');
  }

  /** Null while another instance holds the lock. */
  async #tryOnce<Value extends BsgValue>(refresh: Refresh<Value>, hasWaited: boolean): Promise<Outcome<Value> | null> {
    const { cache, shared } = this.#options;
    const { key, purpose } = refresh;
    const { isOwner, entry, failure: ownersFailure } = await shared.acquire(key);
    const known = cache.merge(key, refresh.known, entry);
    if (known !== null && cache.isFresh(key, known, purpose)) {
      if (isOwner) shared.release(key, null);
      return this.#keepShared(key, known);
    }
    // Those who waited for the lock get the failure of its last owner; those who come later fetch again.
    if (hasWaited && ownersFailure !== null) {
      if (isOwner) shared.release(key, null);
      return this.#outcomeOf(this.#failedElsewhere(refresh, known, ownersFailure), known, 'coalesced');
    }
    return isOwner ? this.#fetchAsOwner({ ...refresh, known }) : null;
  }

  /** What the failure of the lock's owner means here: a final value that had to be rechecked stays, as it does there. */
  #failedElsewhere<Value extends BsgValue>(
    { key, flight: { invalidatedAtMs } }: Refresh<Value>,
    known: Entry<Value> | null,
    result: BsgFailure,
  ): Recorded<Value> {
    if (known?.recheck === undefined) return notCached(result);
    return this.#options.cache.record(key, { result, requestedAtMs: this.#options.now(), known, invalidatedAtMs });
  }

  async #fetchAsOwner<Value extends BsgValue>(refresh: Refresh<Value>): Promise<Outcome<Value>> {
    const { client, cache, shared, circuitBreaker, now } = this.#options;
    const { key, known, flight, observer } = refresh;
    const requestedAtMs = now();
    let isRejected = true;
    let fetched: Value | BsgFailure | null = null;
    try {
      fetched = await circuitBreaker.execute<Value>(key.id, known !== null, () => {
        isRejected = false;
        return client.fetch(key, observer, known?.result ?? null);
      });
      // Nothing was fetched, so a recheck is still to come.
      if (isRejected) return this.#outcomeOf({ result: fetched, entry: null }, known, 'circuit_open');
      const { invalidatedAtMs } = flight;
      const recorded = cache.record(key, { result: fetched, requestedAtMs, known, invalidatedAtMs });
      // A newer value may have come meanwhile, by another key or from another instance.
      return this.#outcomeOf(recorded, cache.merge(key, cache.get(key), known), 'bsg');
    } finally {
      shared.release(key, fetched !== null && isFailure(fetched) ? fetched : null);
    }
  }

  #keepShared<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Outcome<Value> {
    this.#options.cache.keep(key, entry);
    return { result: entry.result, entry, stale: null, tier: 'redis' };
  }

  #outcomeOf<Value extends BsgValue>(
    { result, entry }: Recorded<Value>,
    known: Entry<Value> | null,
    tier: Tier,
  ): Outcome<Value> {
    return { result, entry, stale: this.#options.cache.staleEntryOf(known), tier };
  }
}

function notCached(result: BsgFailure) {
  return { result, entry: null };
}
