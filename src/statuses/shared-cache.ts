/** The cache that instances share: entries, locks and change events on any backend. */
import { randomUUID } from 'node:crypto';
import type { BsgFailure } from '../bsg/failure.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { MonotonicClock } from '../monotonic-clock.ts';
import type { Entry } from './entry.ts';
import type { SharedBackend } from './shared-backend.ts';
import { createSharedCodec } from './shared-codec.ts';

/** The result of {@link SharedCache.acquire}. */
export interface Acquisition<Value extends BsgValue> {
  /** False while another instance fetches: try again in a moment. True as well where the shared cache is down. */
  readonly isOwner: boolean;
  /** The entry of the key at that moment; null where there is none. */
  readonly entry: Entry<Value> | null;
  /** The failure that the last owner got a moment ago; null where it got a value. */
  readonly failure: BsgFailure | null;
}

/** One key to invalidate. */
export interface Invalidation {
  readonly key: StatusKey;
  /** Its entry, expired already; null where there is none. */
  readonly entry: Entry | null;
}

/** What several instances share: entries, a lock for each key, change events. No call rejects: where it is down, it is empty. */
export interface SharedCache {
  get<Value extends BsgValue>(key: StatusKey<Value>): Promise<Entry<Value> | null>;
  /** Tries to acquire the lock of each key, for the one instance that fetches it, and reads the key. One round trip for all. */
  acquire<Value extends BsgValue>(keys: readonly StatusKey<Value>[]): Promise<readonly Acquisition<Value>[]>;
  /** Releases the lock. Instances that wait for it get the failure, if there is one. */
  release(key: StatusKey, failure: BsgFailure | null): void;
  /** Stores the entry under each key, and publishes the change to all other instances. */
  set<Value extends BsgValue>(keys: readonly StatusKey<Value>[], entry: Entry<Value>): void;
  /** Stores the expired entries, and publishes the invalidation to all other instances. */
  invalidate(invalidations: readonly Invalidation[]): void;
  /** Called for each change that another instance makes: the entry now under the keys, null for an invalidation. One listener. */
  onChange(listener: (keys: readonly StatusKey[], entry: Entry | null) => void): void;
  /** Releases the locks that are held, and closes. */
  dispose(): Promise<void>;
}

/** Options of {@link createSharedCache}. */
export interface SharedCacheOptions {
  readonly backend: SharedBackend;
  /** Whether values must be about the message under whose key they are stored; false for a test key of BSG. */
  readonly checksMatch: boolean;
  /** Clock for durations. */
  readonly now: MonotonicClock;
}

/** How long a failure is kept for the instances that waited for it. */
const FAILURE_TTL_MS = 1_000;

/** A shared cache on any backend. */
export function createSharedCache({ backend, checksMatch, now }: SharedCacheOptions): SharedCache {
  const { lock, store, bus, clock } = backend;
  const codec = createSharedCodec({ checksMatch, clock });
  const instance = randomUUID();
  const failureKey = ({ text }: StatusKey) => `failure:${text}`;

  function write({ text, resource }: StatusKey, entry: Entry): void {
    const staleForMs = Math.ceil(entry.staleUntilMs - now());
    const ttlMs = Math.max(1, staleForMs, resource.history?.keepMs ?? 0);
    store.set(text, codec.encodeEntry(entry), ttlMs);
  }

  async function acquireOne<Value extends BsgValue>(key: StatusKey<Value>): Promise<Acquisition<Value>> {
    const [isOwner, entry, failure] = await Promise.all([
      lock.acquire(key.text),
      store.get(key.text),
      store.get(failureKey(key)),
    ]);
    return { isOwner, entry: codec.decodeEntry(key, entry), failure: codec.decodeFailure(failure) };
  }

  return {
    get: async (key) => codec.decodeEntry(key, await store.get(key.text)),
    acquire: (keys) => Promise.all(keys.map(acquireOne)),
    release(key, failure) {
      if (failure !== null) store.set(failureKey(key), JSON.stringify(failure), FAILURE_TTL_MS);
      lock.release(key.text);
    },
    set(keys, entry) {
      for (const key of keys) write(key, entry);
      bus.publish(codec.encodeChange({ from: instance, keys, entry }));
    },
    invalidate(invalidations) {
      for (const { key, entry } of invalidations) if (entry !== null) write(key, entry);
      bus.publish(codec.encodeChange({ from: instance, keys: invalidations.map(({ key }) => key), entry: null }));
    },
    onChange(listener) {
      bus.onMessage((message) => {
        const change = codec.decodeChange(message);
        if (change !== null && change.from !== instance) listener(change.keys, change.entry);
      });
    },
    dispose: backend.dispose,
  };
}

const ACQUIRED = { isOwner: true, entry: null, failure: null };

/** For an instance that shares nothing. */
export const noSharedCache: SharedCache = {
  get: async () => null,
  acquire: async (keys) => keys.map(() => ACQUIRED),
  release: () => {},
  set: () => {},
  invalidate: () => {},
  onChange: () => {},
  dispose: async () => {},
};
