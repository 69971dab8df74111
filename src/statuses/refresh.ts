import { setTimeout as pause } from 'node:timers/promises';
import type { BsgClient } from '../bsg/client.ts';
import { type BsgFailure, failure, isFailure } from '../bsg/failure.ts';
import type { RequestObserver } from '../bsg/observer.ts';
import type { BsgValue } from '../bsg/resource.ts';
import { addMs, type MonotonicClock, type MonotonicMs } from '../monotonic-clock.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { Entry } from './entry.ts';
import type { Tier } from './read-observer.ts';
import { type Acquisition, noSharedCache, type SharedCache } from './shared-cache.ts';
import type { Flight } from './single-flight.ts';
import type { Purpose, Recorded, TwoTierCache } from './two-tier-cache.ts';

/** Options of {@link Refresher}. */
export interface RefresherOptions {
  readonly client: Pick<BsgClient, 'fetch'>;
  readonly cache: TwoTierCache;
  readonly shared: SharedCache;
  readonly circuitBreaker: CircuitBreaker;
  /** Deadline of waiting for another instance that fetches the same key, and of the fetch after it, together; milliseconds. */
  readonly timeoutMs: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
}

/** Whom keys are read for. */
export interface Reader {
  readonly purpose: Purpose;
  readonly observer: RequestObserver;
}

/** A reader whose keys are fetched. */
interface FetchingReader extends Reader {
  /** When the time for waiting and fetching is up. */
  readonly deadlineMs: MonotonicMs;
}

/** How often to check whether the instance that holds the lock has finished: at first, and after a while. */
const FIRST_PAUSE_MS = 25;
const MAX_PAUSE_MS = 200;

/**
 * Reads keys that are not fresh in memory: from the shared cache, else from BSG, by one instance at a time. With an open
 * circuit breaker, from the shared cache alone. Keys that are read together wait together, but each lands as soon as it can.
 */
export class Refresher {
  readonly #options: RefresherOptions;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** Ends each flight. Never rejects. */
  async refresh<Value extends BsgValue>(flights: readonly Flight<Value>[], reader: Reader): Promise<void> {
    try {
      if (this.#options.circuitBreaker.isRejecting) await this.#readWithoutBsg(flights, reader);
      else await this.#readThrough(flights, reader);
    } catch (bug) {
      for (const flight of flights) flight.fail(bug);
    }
  }

  async #readThrough<Value extends BsgValue>(flights: readonly Flight<Value>[], reader: Reader): Promise<void> {
    const { shared, timeoutMs, now } = this.#options;
    const deadlineMs = addMs(now(), timeoutMs);
    // There is no lock to wait for.
    if (shared === noSharedCache) return this.#fetch(flights, { ...reader, deadlineMs });
    let waiting = flights;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
      const { owned, lockedElsewhere } = await this.#acquire(waiting, reader, pauseMs > FIRST_PAUSE_MS);
      // Not awaited: the others wait for their locks meanwhile.
      if (owned.length > 0) void this.#fetch(owned, { ...reader, deadlineMs });
      waiting = lockedElsewhere;
      const remainingMs = deadlineMs - now();
      if (waiting.length === 0 || remainingMs <= 0) break;
      await pause(Math.min(pauseMs, remainingMs));
    }
    for (const flight of waiting) this.#end(flight, notCached(failure('TIMEOUT', flight.key.id)), 'coalesced');
  }

  async #readWithoutBsg<Value extends BsgValue>(flights: readonly Flight<Value>[], { purpose }: Reader): Promise<void> {
    const { cache, shared, circuitBreaker } = this.#options;
    const entries = await Promise.all(flights.map(({ key }) => shared.get(key)));
    flights.forEach((flight, i) => {
      const { key } = flight;
      const latest = cache.merge(key, flight.known, entries[i] ?? null);
      flight.known = latest;
      if (latest !== null && cache.isFresh(key, latest, purpose)) this.#endWithShared(flight, latest);
      else this.#end(flight, notCached(circuitBreaker.rejection(key.id)), 'circuit_open');
    });
  }

  /** Lands what the shared cache has. Returns the others: those whose lock is held now, and those that wait for it. */
  async #acquire<Value extends BsgValue>(flights: readonly Flight<Value>[], reader: Reader, hasWaited: boolean) {
    const acquisitions = await this.#options.shared.acquire(flights.map(({ key }) => key));
    const owned: Flight<Value>[] = [];
    const lockedElsewhere: Flight<Value>[] = [];
    flights.forEach((flight, i) => {
      const acquisition = acquisitions[i] as Acquisition<Value>;
      const isOpen = !this.#landFromShared(flight, acquisition, reader, hasWaited);
      if (isOpen) (acquisition.isOwner ? owned : lockedElsewhere).push(flight);
    });
    return { owned, lockedElsewhere };
  }

  /** Returns false where the key has to be fetched. */
  #landFromShared<Value extends BsgValue>(
    flight: Flight<Value>,
    { isOwner, entry, failure: ownersFailure }: Acquisition<Value>,
    { purpose }: Reader,
    hasWaited: boolean,
  ): boolean {
    const { cache, shared } = this.#options;
    const { key } = flight;
    const known = cache.merge(key, flight.known, entry);
    flight.known = known;
    const isFresh = known !== null && cache.isFresh(key, known, purpose);
    // Those who waited for the lock get the failure of its last owner; those who come later fetch again.
    if (!isFresh && !(hasWaited && ownersFailure !== null)) return false;
    if (isOwner) shared.release(key, null);
    if (isFresh) this.#endWithShared(flight, known);
    else if (ownersFailure !== null) this.#end(flight, this.#failedElsewhere(flight, ownersFailure), 'coalesced');
    return true;
  }

  /** What the failure of the lock's owner means here: a final value that had to be rechecked stays, as it does there. */
  #failedElsewhere<Value extends BsgValue>(
    { key, known, invalidatedAtMs }: Flight<Value>,
    result: BsgFailure,
  ): Recorded<Value> {
    if (known?.recheck === undefined) return notCached(result);
    return this.#options.cache.record(key, { result, requestedAtMs: this.#options.now(), known, invalidatedAtMs });
  }

  /** Fetches keys whose locks are held. Never rejects. */
  async #fetch<Value extends BsgValue>(flights: readonly Flight<Value>[], reader: FetchingReader): Promise<void> {
    const { circuitBreaker } = this.#options;
    try {
      if (circuitBreaker.isOpen) await Promise.all(flights.map((flight) => this.#probe(flight, reader)));
      else await this.#fetchTogether(flights, reader);
    } catch (bug) {
      for (const flight of flights) {
        this.#options.shared.release(flight.key, null);
        flight.fail(bug);
      }
    }
  }

  async #fetchTogether<Value extends BsgValue>(
    flights: readonly Flight<Value>[],
    { observer, deadlineMs }: FetchingReader,
  ): Promise<void> {
    const { client, circuitBreaker, now } = this.#options;
    const requestedAtMs = now();
    const reportToBreaker = circuitBreaker.beginFetches();
    const onResult = (result: Value | BsgFailure, i: number) => {
      reportToBreaker(result);
      this.#record(flights[i] as Flight<Value>, result, requestedAtMs);
    };
    await client.fetch(flights, observer, onResult, deadlineMs - requestedAtMs);
  }

  /** Fetches one key through a circuit breaker that is open, or half-open. */
  async #probe<Value extends BsgValue>(flight: Flight<Value>, { observer, deadlineMs }: FetchingReader): Promise<void> {
    const { client, circuitBreaker, shared, now } = this.#options;
    const { key, known } = flight;
    const requestedAtMs = now();
    let fetched: Value | BsgFailure | null = null;
    const result = await circuitBreaker.execute<Value>(key.id, known !== null, async () => {
      const onResult = (each: Value | BsgFailure) => {
        fetched = each;
      };
      await client.fetch([flight], observer, onResult, deadlineMs - requestedAtMs);
      return fetched ?? failure('NETWORK', key.id);
    });
    if (fetched !== null) return this.#record(flight, result, requestedAtMs);
    // Nothing was fetched, so a recheck is still to come.
    shared.release(key, isFailure(result) ? result : null);
    this.#end(flight, { result, entry: null }, 'circuit_open');
  }

  #record<Value extends BsgValue>(flight: Flight<Value>, result: Value | BsgFailure, requestedAtMs: MonotonicMs): void {
    const { cache, shared } = this.#options;
    const { key, known, invalidatedAtMs } = flight;
    const recorded = cache.record(key, { result, requestedAtMs, known, invalidatedAtMs });
    // A newer value, to be served stale, may have come meanwhile, by another key or from another instance.
    if (isFailure(result)) flight.known = cache.merge(key, cache.get(key), known);
    shared.release(key, isFailure(result) ? result : null);
    this.#end(flight, recorded, 'bsg');
  }

  #endWithShared<Value extends BsgValue>(flight: Flight<Value>, entry: Entry<Value>): void {
    this.#options.cache.keep(flight.key, entry);
    flight.land({ result: entry.result, entry, stale: null, tier: 'redis' });
  }

  #end<Value extends BsgValue>(flight: Flight<Value>, { result, entry }: Recorded<Value>, tier: Tier): void {
    flight.land({ result, entry, stale: this.#options.cache.staleEntryOf(flight.known), tier });
  }
}

function notCached(result: BsgFailure) {
  return { result, entry: null };
}
