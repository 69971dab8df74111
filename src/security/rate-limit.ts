import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { requestError } from '../request/errors.ts';
import { costOf } from './query-cost.ts';

/** How much a caller may ask for. */
export interface RateLimitOptions {
  /** Look-ups in a minute. */
  readonly costPerMinute: number;
  /** Where instances count together; null: each on its own. Without an answer from there each counts on its own as well. */
  readonly redis: Redis | null;
  /** Tells apart who shares a Redis. No secret. */
  readonly account: string;
}

/** Counts what callers ask for. */
export interface RateLimit {
  /** Seconds after which to ask again; null: now, and it is counted. */
  take(caller: string, cost: number): Promise<number | null>;
}

const WINDOW_S = 60;
/** Whatever takes longer than this to reach Redis is given up. */
const END_OF_WINDOW_MS = 1_000;
/** A Redis that does not answer is left alone for so long, so that not every request waits for it. */
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** A fixed window of a minute for each caller. */
export function createRateLimit({ costPerMinute, redis, account }: RateLimitOptions): RateLimit {
  const rule = { points: costPerMinute, duration: WINDOW_S, keyPrefix: `bsg-graphql:limit:${account}` };
  const alone = new RateLimiterMemory(rule);
  const together =
    redis === null ? null : new RateLimiterRedis({ ...rule, storeClient: redis, rejectIfRedisNotReady: true });
  let aloneUntilMs = 0;

  return {
    async take(caller, cost) {
      if (together === null || Date.now() < aloneUntilMs) return consume(alone, caller, cost);
      try {
        return await consume(together, caller, cost);
      } catch {
        aloneUntilMs = Date.now() + PAUSE_AFTER_FAILURE_MS;
        return consume(alone, caller, cost);
      }
    },
  };
}

/**
 * Refuses operations that cost more than one may (400), and those of a caller who has asked for as much as it may in a minute
 * (429). Each costs its look-ups, and one at least, which is taken before anything is read of it.
 */
export function useCostLimits<Context extends object>(
  maxCost: number,
  limit: RateLimit | null,
  callerOf: (context: Context) => string,
): Plugin<Context, Context> {
  async function refuseBeyond(context: Context, cost: number): Promise<void> {
    const waitS = cost === 0 ? null : ((await limit?.take(callerOf(context), cost)) ?? null);
    if (waitS !== null) throw requestError('rateLimited', { retryAfter: waitS });
  }
  async function judge(args: ExecutionArgs): Promise<void> {
    const cost = costOf(args);
    if (cost > maxCost) throw requestError('queryTooExpensive', { cost, maxCost });
    await refuseBeyond(args.contextValue as Context, Math.max(0, cost - 1));
  }
  return {
    onRequestParse: ({ serverContext }) => refuseBeyond(serverContext as Context, 1),
    onExecute: ({ args }) => judge(args),
    onSubscribe: ({ args }) => judge(args),
  };
}

/** Rejects where the limiter itself fails. */
async function consume(limiter: RateLimiterAbstract, caller: string, cost: number): Promise<number | null> {
  try {
    await limiter.consume(caller, cost);
    return null;
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason;
    // What was refused is not to count against what the caller asks for next; nor is it to count for it, in the next window.
    if (reason.msBeforeNext > END_OF_WINDOW_MS) await limiter.reward(caller, cost);
    return Math.max(1, Math.ceil(reason.msBeforeNext / 1_000));
  }
}
