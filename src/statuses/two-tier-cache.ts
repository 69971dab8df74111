import { LRUCache } from 'lru-cache';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { CachePolicy } from './cache-policy.ts';
import { adoptEntry, carryOver, createEntry, type Entry, expireEntry, newerOf, restoreEntry } from './entry.ts';
import { createMemoryCache } from './memory-cache.ts';
import type { SharedCache } from './shared-cache.ts';

/** Options of {@link createTwoTierCache}. */
export interface TwoTierCacheOptions {
  /** Entries in memory, at most. */
  readonly maxEntries: number;
  readonly policy: CachePolicy;
  readonly shared: SharedCache;
  /** Clock; milliseconds since 1970. */
  readonly now: () => number;
  /** Called for each key that is invalidated, here or by another instance. */
  readonly onInvalidate: (key: StatusKey) => void;
}

/** Called with the new result of a key, or with null when the key was invalidated. */
export type ChangeListener = (key: StatusKey, result: BsgValue | BsgFailure | null) => void;

/**
 * What a value is read for. A poll takes a value that can still change for half of its TTL only: polls come as far apart as
 * that TTL, and each would find the result of the one before it still fresh.
 */
export type Purpose = 'query' | 'poll';

/** Memory before a shared cache: which entry counts, who gets to know of it, and what an invalidation reaches. */
export interface TwoTierCache {
  /** The entry in memory, fresh or not. */
  get<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  /** Whether the entry can be served without a fetch, to a query or to a poll. */
  isFresh<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>, purpose: Purpose): boolean;
  /** The value to serve while BSG fails; null where there is none. */
  staleResultOf<Value extends BsgValue>(entry: Entry<Value> | null): Value | BsgFailure | null;
  /** The newer of an entry from memory and one from the shared cache. */
  merge<Value extends BsgValue>(
    key: StatusKey<Value>,
    local: Entry<Value> | null,
    shared: Entry<Value> | null,
  ): Entry<Value> | null;
  /** Puts an entry of the shared cache into memory. */
  keep<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): void;
  /**
   * Caches a fetched result under all its keys in both tiers, unless a newer one is known. Returns the one that counts: a
   * final value whose recheck failed stays.
   */
  record<Value extends BsgValue>(key: StatusKey<Value>, fetched: Fetched<Value>): Value | BsgFailure;
  /** Expires the keys and their aliases on every instance. */
  invalidate(keys: readonly StatusKey[]): Promise<void>;
  /** The change feed: every result that is cached, here or by another instance, and every invalidation. One listener at most. */
  onChange(listener: ChangeListener): void;
}

/** A result on its way into the cache. */
export interface Fetched<Value extends BsgValue> {
  readonly result: Value | BsgFailure;
  /** When the fetch began. */
  readonly requestedAtMs: number;
  /** The entry that was known then, from either tier. */
  readonly known: Entry<Value> | null;
  /** Whether the key was invalidated since then: the result may be older than the reason. */
  readonly isInvalidated: boolean;
}

/** An empty memory before the shared cache. */
export function createTwoTierCache(options: TwoTierCacheOptions): TwoTierCache {
  const { policy, shared, now, onInvalidate } = options;
  const memory = createMemoryCache(options.maxEntries);
  /** By each key of a value: the key by which it was read, where BSG spells that otherwise, such as a reference in another case. */
  const otherSpellings = new LRUCache<string, StatusKey>({ max: options.maxEntries });
  let notify: ChangeListener = () => {};

  shared.onChange((keys, entry) => {
    if (entry === null) for (const key of expire(keys)) notify(key, null);
    else for (const key of keys) applyChange(key, entry);
  });

  function applyChange(key: StatusKey, entry: Entry): void {
    const known = memory.peek(key);
    const newest = newerOf(key.resource, known, adoptEntry(key.resource, entry, policy, now()));
    if (newest === null || newest === known) return;
    if (known !== null) memory.set(key, newest);
    notify(key, newest.result);
  }

  /** Expires in memory; stale values stay servable. Returns the keys that it concerns. */
  function expire(keys: readonly StatusKey[]): readonly StatusKey[] {
    const expired = uniqueKeys(keys.flatMap(knownKeysOf));
    for (const key of expired) {
      const entry = memory.peek(key);
      if (entry !== null) memory.set(key, expireEntry(key.resource, entry, now()));
      onInvalidate(key);
    }
    return expired;
  }

  /** Caches an entry under all its keys, where it is the newest. */
  function store<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Value | BsgFailure {
    const newest = newerOf(key.resource, entry, memory.peek(key)) ?? entry;
    const keys = allKeysOf(key, entry.result);
    for (const each of keys) memory.set(each, newerOf(each.resource, newest, memory.peek(each)) ?? newest);
    shared.set(keys, newest);
    for (const each of keys) notify(each, newest.result);
    return newest.result;
  }

  function restore<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): Value | BsgFailure {
    const restored = restoreEntry(entry);
    const keys = allKeysOf(key, restored.result);
    for (const each of keys) memory.set(each, restored);
    shared.set(keys, restored);
    return restored.result;
  }

  function knownKeysOf(key: StatusKey): readonly StatusKey[] {
    const entry = memory.peek(key);
    return entry === null ? [key] : allKeysOf(key, entry.result);
  }

  function allKeysOf<Value extends BsgValue>(
    key: StatusKey<Value>,
    result: Value | BsgFailure,
  ): readonly StatusKey<Value>[] {
    const keys = keysOf(key, result);
    const others = keys.map(({ text }) => otherSpellings.get(text) as StatusKey<Value> | undefined);
    return uniqueKeys([...keys, ...others.filter((other) => other !== undefined)]);
  }

  function rememberSpelling<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure): void {
    if (isFailure(result) || !key.resource.matches(result, key.id)) return;
    const ownKeys = key.resource.aliases(result);
    const isOther = ownKeys.some(({ resource, text }) => resource === key.resource && text !== key.text);
    if (isOther) for (const { text } of ownKeys) otherSpellings.set(text, key as StatusKey);
  }

  /** Takes into memory what only the shared cache knows of a key, such as its aliases. */
  async function learn(key: StatusKey): Promise<void> {
    if (memory.peek(key) !== null) return;
    const entry = await shared.get(key);
    if (entry !== null && memory.peek(key) === null) memory.set(key, adoptEntry(key.resource, entry, policy, now()));
  }

  return {
    get: (key) => memory.get(key),
    isFresh({ resource }, { result, freshUntilMs }, purpose) {
      const canChange = isFailure(result) || !resource.isFinal(result);
      const marginMs = purpose === 'poll' && canChange ? policy.pendingTtlMs / 2 : 0;
      return now() < freshUntilMs - marginMs;
    },
    staleResultOf: (entry) => (entry !== null && now() < entry.staleUntilMs ? entry.result : null),
    merge: ({ resource }, local, sharedEntry) =>
      newerOf(resource, local, sharedEntry === null ? null : adoptEntry(resource, sharedEntry, policy, now())),
    keep: (key, entry) => memory.set(key, entry),
    record(key, { result: fetched, requestedAtMs, known, isInvalidated }) {
      const { resource } = key;
      const previous = newerOf(resource, memory.peek(key), known);
      if (isFailure(fetched) && previous?.recheck !== undefined)
        return isInvalidated ? previous.result : restore(key, previous);
      const result = carryOver(resource, fetched, previous);
      const entry = createEntry(resource, result, requestedAtMs, policy, now());
      rememberSpelling(key, result);
      return entry === null || isInvalidated ? result : store(key, entry);
    },
    async invalidate(keys) {
      // At once, for fetches that are in flight.
      expire(keys);
      await Promise.all(keys.map(learn));
      const expired = expire(keys);
      // Before the listeners read again, so that they do not find it there.
      shared.invalidate(expired.map((key) => ({ key, entry: memory.peek(key) })));
      for (const key of expired) notify(key, null);
    },
    onChange(listener) {
      notify = listener;
    },
  };
}

function keysOf<Value extends BsgValue>(
  key: StatusKey<Value>,
  result: Value | BsgFailure,
): readonly StatusKey<Value>[] {
  return isFailure(result) ? [key] : uniqueKeys([key, ...key.resource.aliases(result)]);
}

function uniqueKeys<Key extends StatusKey>(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [key.text, key])).values()];
}
