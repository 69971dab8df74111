import { createRedisBus } from './bus.ts';
import type { RedisConnection } from './connection.ts';
import { createRedisLock } from './lock.ts';
import { createRedisStore } from './store.ts';

/** Options of {@link createRedisBackend}. */
export interface RedisBackendOptions {
  /** Shared with others, who close it. */
  readonly connection: RedisConnection;
  /** Begins every name in Redis. Deployments with different prefixes share a Redis without seeing each other. */
  readonly prefix: string;
  /** After so long a lock expires, whatever became of its owner; milliseconds. */
  readonly leaseMs: number;
}

/** Lock, store and bus in one Redis. */
export function createRedisBackend({ connection, prefix, leaseMs }: RedisBackendOptions) {
  const lock = createRedisLock({ connection, prefix: `${prefix}lock:`, leaseMs });
  return {
    lock,
    store: createRedisStore({ connection, prefix }),
    bus: createRedisBus({ connection, channel: `${prefix}changes` }),
    get isUp() {
      return connection.isUp;
    },
    dispose: () => lock.releaseAll(),
  };
}
