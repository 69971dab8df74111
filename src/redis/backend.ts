import type { MonotonicClock } from '../monotonic-clock.ts';
import { createRedisBus } from './bus.ts';
import { createRedisClock } from './clock.ts';
import type { RedisConnection } from './connection.ts';
import { createRedisLock } from './lock.ts';
import { createRedisStore } from './store.ts';

/** Options of {@link createRedisBackend}. */
export interface RedisBackendOptions {
  /** Shared with others, who close it. */
  readonly connection: RedisConnection;
  /** Begins every name in Redis. Deployments with different prefixes share a Redis without seeing each other. */
  readonly prefix: string;
  /** How long a lock is held at most; milliseconds. */
  readonly maxHoldMs: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
}

/** Lock, store and bus in one Redis. */
export function createRedisBackend({ connection, prefix, maxHoldMs, now }: RedisBackendOptions) {
  const lock = createRedisLock({ connection, prefix: `${prefix}lock:`, maxHoldMs, now });
  const clock = createRedisClock({ connection, key: `${prefix}clock`, now });
  return {
    lock,
    clock,
    store: createRedisStore({ connection, prefix }),
    bus: createRedisBus({ connection, channel: `${prefix}changes` }),
    dispose() {
      clock.dispose();
      return lock.releaseAll();
    },
  };
}
