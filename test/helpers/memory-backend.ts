import type { SharedBackend } from '../../src/statuses/shared-backend.ts';

/** What instances in one process share in place of Redis, for tests in milliseconds. */
export interface MemoryBackend {
  /** The backend as one instance sees it. @param aheadMs What its monotonic clock is ahead of the tests' one. @default 0 */
  connect(aheadMs?: number): SharedBackend;
  /** What is stored, by key. A test may write what no instance would. */
  readonly values: Map<string, string>;
  /** Sends a message to all instances. */
  publish(message: string): void;
}

/** Locks, values and messages in memory. Locks and values do not expire: a test that needs that uses Redis. */
export function createMemoryBackend(): MemoryBackend {
  const values = new Map<string, string>();
  const owners = new Map<string, object>();
  const listeners = new Set<(message: string) => void>();
  const publish = (message: string) => {
    for (const listener of listeners) listener(message);
  };

  function connect(aheadMs = 0): SharedBackend {
    const owner = {};
    function release(key: string): void {
      if (owners.get(key) === owner) owners.delete(key);
    }
    return {
      lock: {
        async acquire(key) {
          if (!owners.has(key)) owners.set(key, owner);
          return owners.get(key) === owner;
        },
        release,
      },
      store: {
        get: async (key) => values.get(key) ?? null,
        set: (key, value) => void values.set(key, value),
      },
      // Later, as over a network.
      bus: {
        publish: (message) => setImmediate(publish, message),
        onMessage: (listener) => void listeners.add(listener),
      },
      clock: { offsetMs: -aheadMs },
      async dispose() {
        for (const key of [...owners.keys()]) release(key);
      },
    };
  }
  return { connect, values, publish };
}
