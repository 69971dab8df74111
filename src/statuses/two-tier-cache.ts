import type { LRUCache } from 'lru-cache';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import { LONG_AGO, laterOf, type MonotonicClock, type MonotonicMs } from '../monotonic-clock.ts';
import type { CachePolicy } from './cache-policy.ts';
import {
  adoptEntry,
  carryOver,
  createEntry,
  type Entry,
  expireEntry,
  isIrrevocable,
  newerOf,
  restoreEntry,
} from './entry.ts';
import { createGrowingCache } from './growing-cache.ts';
import { createKnownKeys, type KnownKeys, uniqueKeys } from './known-keys.ts';
import { createMemoryCache, type MemoryCache } from './memory-cache.ts';
import type { SharedCache } from './shared-cache.ts';

/** Options of {@link TwoTierCache}. */
export interface TwoTierCacheOptions {
  /** Entries in memory, at most. */
  readonly maxEntries: number;
  readonly policy: CachePolicy;
  readonly shared: SharedCache;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** Called for each key that is invalidated, here or by another instance. */
  readonly onInvalidate: (key: StatusKey, nowMs: MonotonicMs) => void;
  /** Whether a fetch of the key is in flight: what other instances fetch meanwhile may be newer than its result. */
  readonly isInFlight: (key: StatusKey) => boolean;
}

/** Called with the new result of a key, or with null when the key was invalidated. */
export type ChangeListener = (key: StatusKey, result: BsgValue | BsgFailure | null) => void;

/**
 * What a value is read for. A poll takes a value that can still change for half of its TTL only: polls come as far apart as
 * that TTL, and each would find the result of the one before it still fresh.
 */
export type Purpose = 'query' | 'poll';

/** A result on its way into the cache. */
export interface Fetched<Value extends BsgValue> {
  readonly result: Value | BsgFailure;
  /** When the fetch began. */
  readonly requestedAtMs: MonotonicMs;
  /** The entry that was known then, from either tier. */
  readonly known: Entry<Value> | null;
  /** When the key was invalidated since then, as the result may be older than the reason; null: never. */
  readonly invalidatedAtMs: MonotonicMs | null;
}

/** The result that counts once a fetched one has been recorded. */
export interface Recorded<Value extends BsgValue> {
  readonly result: Value | BsgFailure;
  /** The entry that holds it; null where it is not cached. */
  readonly entry: Entry<Value> | null;
}

/** Memory before a shared cache: merges entries, publishes changes, and invalidates keys with their aliases. Empty at first. */
export class TwoTierCache {
  readonly #policy: CachePolicy;
  readonly #shared: SharedCache;
  readonly #now: MonotonicClock;
  readonly #onInvalidate: TwoTierCacheOptions['onInvalidate'];
  readonly #isInFlight: TwoTierCacheOptions['isInFlight'];
  readonly #memory: MemoryCache;
  readonly #keys: KnownKeys;
  /** When keys were last invalidated: of an older result by another key, or from another instance, nobody else knows. */
  readonly #invalidatedAtMs: LRUCache<string, MonotonicMs>;
  /** The latest of them. */
  #lastInvalidatedAtMs = LONG_AGO;
  #notify: ChangeListener = () => {};

  constructor({ policy, shared, now, onInvalidate, isInFlight, maxEntries }: TwoTierCacheOptions) {
    this.#policy = policy;
    this.#shared = shared;
    this.#now = now;
    this.#onInvalidate = onInvalidate;
    this.#isInFlight = isInFlight;
    this.#memory = createMemoryCache(maxEntries);
    this.#keys = createKnownKeys(maxEntries);
    this.#invalidatedAtMs = createGrowingCache(maxEntries);
    shared.onChange((keys, entry) => {
      if (entry === null) for (const key of this.#expire(keys)) this.#notify(key, null);
      else for (const key of keys) this.#applyChange(key, entry);
    });
  }

  /** The entry in memory, fresh or not. */
  get<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null {
    return this.#memory.get(key);
  }

  /** Whether the entry can be served without a fetch. */
  isFresh<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>, purpose: Purpose): boolean {
    const canChange = isFailure(entry.result) || !key.resource.isFinal(entry.result);
    const marginMs = purpose === 'poll' && canChange ? this.#policy.pendingTtlMs / 2 : 0;
    return this.#now() < entry.freshUntilMs - marginMs;
  }

  /** The entry to serve while BSG fails; null where there is none. */
  staleEntryOf<Value extends BsgValue>(entry: Entry<Value> | null): Entry<Value> | null {
    return entry !== null && this.#now() < entry.staleUntilMs ? entry : null;
  }

  /** The newer of an entry from memory and one from the shared cache. */
  merge<Value extends BsgValue>(
    key: StatusKey<Value>,
    local: Entry<Value> | null,
    shared: Entry<Value> | null,
  ): Entry<Value> | null {
    return newerOf(key.resource, local, shared === null ? null : this.#adopt(key, shared));
  }

  /** Puts an entry of the shared cache into memory. */
  keep<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): void {
    this.#memory.set(key, entry);
  }

  /**
   * Caches a fetched result under all its keys in both tiers, unless a newer one is known. Returns the one that counts: a
   * final value whose recheck failed stays. A value whose key was invalidated meanwhile is cached as expired, so that it is
   * still there if the next fetch fails.
   */
  record<Value extends BsgValue>(key: StatusKey<Value>, fetched: Fetched<Value>): Recorded<Value> {
    const { resource } = key;
    const { requestedAtMs } = fetched;
    const inMemory = this.#memory.peek(key);
    const previous = newerOf(resource, inMemory, fetched.known);
    if (isFailure(fetched.result) && previous?.recheck !== undefined)
      return fetched.invalidatedAtMs === null ? this.#restore(key, previous) : { result: previous.result, entry: null };
    if (isFailure(fetched.result) && previous !== null && this.#outlivesFailure(key, previous, requestedAtMs))
      return { result: previous.result, entry: previous };
    const result = carryOver(resource, fetched.result, previous);
    const entry = createEntry(resource, result, requestedAtMs, this.#policy, this.#now());
    const keys = this.#keys.learn(key, result);
    if (entry === null) return { result, entry: null };
    const invalidatedAtMs = this.#invalidatedSince(requestedAtMs, keys) ?? fetched.invalidatedAtMs;
    if (invalidatedAtMs === null) return this.#store(keys, newerOf(resource, entry, inMemory) ?? entry, key);
    if (!isFailure(result)) {
      const expired = expireEntry(resource, entry, invalidatedAtMs);
      this.#store(keys, newerOf(resource, expired, inMemory) ?? expired, key);
    }
    // Only now it is known that the invalidation of one key concerns the others.
    for (const each of keys) this.#notify(each, null);
    return { result, entry: null };
  }

  /** Expires the keys and their aliases on every instance. */
  async invalidate(keys: readonly StatusKey[]): Promise<void> {
    // At once, for fetches that are in flight.
    this.#expire(keys);
    await Promise.all(keys.map((key) => this.#learn(key)));
    const expired = this.#expire(keys);
    // Before the listeners read again, so that they do not find it there.
    this.#shared.invalidate(expired.map((key) => ({ key, entry: this.#memory.peek(key) })));
    for (const key of expired) this.#notify(key, null);
  }

  /** The change feed: every result that is cached, here or by another instance, and every invalidation. One listener at most. */
  onChange(listener: ChangeListener): void {
    this.#notify = listener;
  }

  #applyChange(key: StatusKey, entry: Entry): void {
    const known = this.#memory.peek(key);
    const newest = newerOf(key.resource, known, this.#adopt(key, entry));
    if (newest === null || newest === known) return;
    if (known !== null || this.#isInFlight(key)) this.#memory.set(key, newest);
    this.#notify(key, newest.result);
  }

  /** An entry of another instance, which may have stored it before an invalidation reached it. */
  #adopt<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Entry<Value> {
    const adopted = adoptEntry(key.resource, entry, this.#policy, this.#now());
    const invalidatedAtMs = this.#invalidatedSince(entry.requestedAtMs, [key]);
    return invalidatedAtMs === null ? adopted : expireEntry(key.resource, adopted, invalidatedAtMs);
  }

  /** When any of the keys was invalidated last, if that was after the given time; else null. */
  #invalidatedSince(requestedAtMs: MonotonicMs, keys: readonly StatusKey[]): MonotonicMs | null {
    if (requestedAtMs >= this.#lastInvalidatedAtMs) return null;
    const latestMs = keys.map(({ text }) => this.#invalidatedAtMs.get(text) ?? LONG_AGO).reduce(laterOf);
    return latestMs > requestedAtMs ? latestMs : null;
  }

  /** Expires the keys and their aliases in memory; stale values can still be served. Returns all of these keys. */
  #expire(keys: readonly StatusKey[]): readonly StatusKey[] {
    const nowMs = this.#now();
    const expired = uniqueKeys(keys.flatMap((key) => this.#knownKeysOf(key)));
    this.#lastInvalidatedAtMs = nowMs;
    for (const key of expired) {
      const entry = this.#memory.peek(key);
      if (entry !== null) this.#memory.set(key, expireEntry(key.resource, entry, nowMs));
      this.#invalidatedAtMs.set(key.text, nowMs);
      this.#onInvalidate(key, nowMs);
    }
    return expired;
  }

  #knownKeysOf(key: StatusKey): readonly StatusKey[] {
    const entry = this.#memory.peek(key);
    return entry === null ? [key] : this.#keys.of(key, entry.result);
  }

  /** Takes into memory what only the shared cache knows of a key, such as its aliases. */
  async #learn(key: StatusKey): Promise<void> {
    if (this.#memory.peek(key) !== null) return;
    const entry = await this.#shared.get(key);
    if (entry !== null && this.#memory.peek(key) === null) this.#memory.set(key, this.#adopt(key, entry));
  }

  /** Whether an entry counts more than a failed fetch: it came meanwhile, or is final and need not have been fetched again. */
  #outlivesFailure<Value extends BsgValue>(
    key: StatusKey<Value>,
    entry: Entry<Value>,
    requestedAtMs: MonotonicMs,
  ): boolean {
    if (isFailure(entry.result)) return false;
    return (
      entry.requestedAtMs > requestedAtMs || (isIrrevocable(key.resource, entry) && this.isFresh(key, entry, 'query'))
    );
  }

  /** Caches an entry under all its keys, where it is the newest, as it is known to be under `key`. */
  #store<Value extends BsgValue>(
    keys: readonly StatusKey<Value>[],
    entry: Entry<Value>,
    key: StatusKey<Value>,
  ): Recorded<Value> {
    for (const each of keys) {
      const other = each.equals(key) ? null : this.#memory.peek(each);
      this.#memory.set(each, newerOf(each.resource, entry, other) ?? entry);
    }
    this.#shared.set(keys, entry);
    for (const each of keys) this.#notify(each, entry.result);
    return { result: entry.result, entry };
  }

  /** Gives a final value its TTL back. */
  #restore<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Recorded<Value> {
    const restored = restoreEntry(entry);
    const keys = this.#keys.of(key, restored.result);
    for (const each of keys) this.#memory.set(each, restored);
    this.#shared.set(keys, restored);
    return { result: restored.result, entry: restored };
  }
}
