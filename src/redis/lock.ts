import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { MonotonicClock, MonotonicMs } from '../monotonic-clock.ts';
import type { RedisConnection } from './connection.ts';
import { withHashTag } from './hash-tag.ts';

/** Options of {@link createRedisLock}. */
export interface RedisLockOptions {
  readonly connection: RedisConnection;
  /** Begins the name of every lock. */
  readonly prefix: string;
  /** How long a lock is renewed at most; milliseconds. */
  readonly maxHoldMs: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
}

/** A lock expires so long after its owner was killed; milliseconds. */
const LEASE_MS = 2_500;
const RENEWAL_INTERVAL_MS = 500;

/** Extends the lock only if this owner still holds it. */
const RENEW =
  "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0";

/** Deletes the lock only if this owner still holds it. */
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/** How long {@link createRedisLock}'s `releaseAll` may take. */
const RELEASE_ALL_MS = 500;

/**
 * A distributed lock for each key, by `SET NX PX` with a short lease that its owner renews. While Redis is down every `acquire`
 * succeeds: a lock saves work, no more.
 */
export function createRedisLock({ connection, prefix, maxHoldMs, now }: RedisLockOptions) {
  const owner = randomUUID();
  /** When each lock was acquired. */
  const held = new Map<string, MonotonicMs>();
  const renewal = setInterval(renewHeld, RENEWAL_INTERVAL_MS).unref();

  function renewHeld(): void {
    for (const [key, acquiredAtMs] of held) {
      const heldForMs = now() - acquiredAtMs;
      if (heldForMs < RENEWAL_INTERVAL_MS || heldForMs > maxHoldMs) continue;
      void connection.attempt(
        'lock',
        async (commands) => void (await commands.eval(RENEW, 1, prefix + withHashTag(key), owner, LEASE_MS)),
        undefined,
      );
    }
  }

  const release = (key: string) =>
    connection.attempt(
      'lock',
      async (commands) => void (await commands.eval(RELEASE, 1, prefix + withHashTag(key), owner)),
      undefined,
    );

  return {
    async acquire(key: string): Promise<boolean> {
      const isOwner = await connection.attempt(
        'lock',
        async (commands) => {
          const [, current] = await Promise.all([
            commands.set(prefix + withHashTag(key), owner, 'PX', LEASE_MS, 'NX'),
            commands.get(prefix + withHashTag(key)),
          ]);
          // This owner's lock from before could not be released while Redis was down.
          return current === owner;
        },
        true,
      );
      if (isOwner) held.set(key, now());
      return isOwner;
    },
    release(key: string): void {
      held.delete(key);
      void release(key);
    },
    /** Releases the locks that are held, for the end of the process. */
    async releaseAll(): Promise<void> {
      clearInterval(renewal);
      const released = Promise.all([...held.keys()].map(release));
      await Promise.race([released, pause(RELEASE_ALL_MS, null, { ref: false })]);
    },
  };
}
