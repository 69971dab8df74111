import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RedisConnection } from './connection.ts';

/** Options of {@link createRedisLock}. */
export interface RedisLockOptions {
  readonly connection: RedisConnection;
  /** Begins the name of every lock. */
  readonly prefix: string;
  /** After so long a lock expires, whatever became of its owner; milliseconds. */
  readonly leaseMs: number;
}

/** Deletes the lock only if this owner still holds it. */
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/** How long {@link createRedisLock}'s `releaseAll` may take. */
const RELEASE_ALL_MS = 500;

/** A distributed lock for each key, by `SET NX PX`. While Redis is down every `acquire` succeeds: a lock saves work, no more. */
export function createRedisLock({ connection, prefix, leaseMs }: RedisLockOptions) {
  const owner = randomUUID();
  const held = new Set<string>();

  const release = (key: string) =>
    connection.attempt(async (commands) => void (await commands.eval(RELEASE, 1, prefix + key, owner)), undefined);

  return {
    async acquire(key: string): Promise<boolean> {
      const isOwner = await connection.attempt(async (commands) => {
        const [, current] = await Promise.all([
          commands.set(prefix + key, owner, 'PX', leaseMs, 'NX'),
          commands.get(prefix + key),
        ]);
        // This owner's lock from before could not be released while Redis was down.
        return current === owner;
      }, true);
      if (isOwner) held.add(key);
      return isOwner;
    },
    release(key: string): void {
      held.delete(key);
      void release(key);
    },
    /** Releases the locks that are held, for the end of the process. */
    async releaseAll(): Promise<void> {
      const released = Promise.all([...held].map(release));
      await Promise.race([released, pause(RELEASE_ALL_MS, null, { ref: false })]);
    },
  };
}
