import type { RedisCommander } from 'ioredis';
import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addMs, type MonotonicMs, monotonicNow } from '../monotonic-clock.ts';
import type { RedisConnection } from '../redis/connection.ts';
import type { RequestContext } from '../request/context.ts';
import { requestError } from '../request/errors.ts';

/** Options of {@link createRateLimit}. */
export interface RateLimitOptions {
  /** Lookups per caller and minute. */
  readonly costPerMinute: number;
  /** Where instances count together; null, or while it fails: each on its own. */
  readonly redis: Pick<RedisConnection, 'attempt' | 'isResponding'> | null;
  /** Separates the accounts that share a Redis. No secret. */
  readonly account: string;
  /** Reverse proxies in front, each of which adds to `X-Forwarded-For`. */
  readonly proxies: number;
}

/** Counts the lookups of callers, or of addresses where callers need no token. */
export interface RateLimit {
  /** Counts lookups of the caller; resolves to the seconds to wait if they are over the limit, and then counts one. */
  take(request: RequestContext, cost: number): Promise<number | null>;
  /** The seconds to wait if the caller is known to have no lookups left; from memory, without counting. */
  exhaustedFor(request: RequestContext): number | null;
}

const WINDOW_S = 60;
/** So close to its end, lookups are not returned to a window: Redis might count them in the next one. */
const END_OF_WINDOW_MS = 1_000;
const MAX_EXHAUSTED_CALLERS = 10_000;
/** An IPv6 address with a zone or a port. */
const MAX_ADDRESS_CHARACTERS = 64;

/** A caller without lookups left, by the limiter that counted it. */
interface Exhausted {
  readonly limiter: RateLimiterAbstract;
  readonly untilMs: MonotonicMs;
}

/** A fixed window of a minute for each caller. */
export function createRateLimit({ costPerMinute, redis, account, proxies }: RateLimitOptions): RateLimit {
  const rule = { points: costPerMinute, duration: WINDOW_S, keyPrefix: `bsg-graphql:limit:${account}` };
  const alone = new RateLimiterMemory(rule);
  const together =
    redis === null ? null : new RateLimiterRedis({ ...rule, storeClient: clientOf(redis), useRedisPackage: true });
  const exhausted = new LRUCache<string, Exhausted>({ max: MAX_EXHAUSTED_CALLERS });

  function currentLimiter(): RateLimiterAbstract {
    return together !== null && redis?.isResponding ? together : alone;
  }

  /** Rejects where the limiter itself fails. */
  async function consume(limiter: RateLimiterAbstract, caller: string, cost: number): Promise<number | null> {
    try {
      const window = await limiter.consume(caller, cost);
      if (window.remainingPoints <= 0)
        exhausted.set(caller, { limiter, untilMs: addMs(monotonicNow(), leftMsOf(window)) });
      return null;
    } catch (reason) {
      if (!(reason instanceof RateLimiterRes)) throw reason;
      const msBeforeNext = leftMsOf(reason);
      // What was refused counts as one, the rest is returned; but not into the next window.
      const { consumedPoints } = msBeforeNext > END_OF_WINDOW_MS ? await limiter.reward(caller, cost - 1) : reason;
      if (consumedPoints >= costPerMinute)
        exhausted.set(caller, { limiter, untilMs: addMs(monotonicNow(), msBeforeNext) });
      return toSeconds(msBeforeNext);
    }
  }

  return {
    take(request, cost) {
      const caller = limitKey(request, proxies);
      const limiter = currentLimiter();
      const taken = consume(limiter, caller, cost);
      return limiter === alone ? taken : taken.catch(() => consume(alone, caller, cost));
    },
    exhaustedFor(request) {
      if (exhausted.size === 0) return null;
      const known = exhausted.get(limitKey(request, proxies));
      if (known === undefined || known.limiter !== currentLimiter()) return null;
      const leftMs = known.untilMs - monotonicNow();
      return leftMs > 0 ? toSeconds(leftMs) : null;
    },
  };
}

/**
 * Refuses a request whose caller has to wait for so many seconds; null: it has not.
 * @throws {GraphQLError} where it has.
 */
export function assertWithinLimit(retryAfter: number | null): void {
  if (retryAfter !== null) throw requestError('rateLimited', { retryAfter });
}

/** The one call of Redis that the limiter makes, in the form of node-redis. */
function clientOf(redis: Pick<RedisConnection, 'attempt'>) {
  return {
    async eval(script: string, { keys, arguments: args }: { readonly keys: string[]; readonly arguments: string[] }) {
      const count = (commands: RedisCommander) => commands.eval(script, keys.length, ...keys, ...args);
      const reply = await redis.attempt('rate limit', count, null);
      if (reply === null) throw new Error('Redis is unavailable.');
      return reply;
    },
  };
}

/** Whose lookups are counted together. */
function limitKey({ caller, head }: RequestContext, proxies: number): string {
  return caller?.id ?? `address:${clientAddress(head, proxies)}`;
}

/** The address that the outermost known proxy saw. Entries before it in the header are not trusted: any client can write them. */
function clientAddress({ header, peerAddress }: RequestContext['head'], proxies: number): string {
  const forwarded =
    proxies === 0
      ? undefined
      : (header('x-forwarded-for') ?? '').split(',').at(-proxies)?.trim().slice(0, MAX_ADDRESS_CHARACTERS);
  return forwarded || (peerAddress ?? 'none');
}

/** What is left of a window: the library measures it by the time of day, which may have been set back. */
function leftMsOf({ msBeforeNext }: RateLimiterRes): number {
  return Math.min(msBeforeNext, WINDOW_S * 1_000);
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
