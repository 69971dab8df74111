import type { ExecutionArgs } from 'graphql';
import { createGraphQLError, type Plugin } from 'graphql-yoga';
import { Redis } from 'ioredis';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { costOf } from './query-cost.ts';

/** How much a caller may ask for. */
export interface RateLimitOptions {
  /** Look-ups in a minute. */
  readonly costPerMinute: number;
  /** Where instances count together; null: each on its own. Without an answer from there each counts on its own as well. */
  readonly redisUrl: string | null;
  /** Tells apart who shares a Redis. No secret. */
  readonly account: string;
}

/** Counts what callers ask for. */
export interface RateLimit {
  /** Seconds after which to ask again; null: now, and it is counted. */
  take(caller: string, cost: number): Promise<number | null>;
  dispose(): void;
}

const WINDOW_S = 60;
/** A Redis that takes longer is left alone for a while, so that not every request waits for it. */
const COMMAND_TIMEOUT_MS = 250;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** A fixed window of a minute for each caller. */
export function createRateLimit({ costPerMinute, redisUrl, account }: RateLimitOptions): RateLimit {
  const rule = { points: costPerMinute, duration: WINDOW_S, keyPrefix: `bsg-graphql:limit:${account}` };
  const alone = new RateLimiterMemory(rule);
  const redis = redisUrl === null ? null : connect(redisUrl);
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
    dispose: () => redis?.disconnect(),
  };
}

/**
 * Refuses operations that cost more than one may (400), and those of a caller who has asked for as much as it may in a minute
 * (429). Each costs its look-ups, and one at least.
 */
export function useCostLimits<Context extends object>(
  maxCost: number,
  limit: RateLimit | null,
  callerOf: (context: Context) => string,
): Plugin<Context> {
  async function fault(args: ExecutionArgs) {
    const cost = costOf(args);
    if (cost > maxCost) {
      return createGraphQLError(`The request asks for ${cost} look-ups, and may ask for ${maxCost} at most.`, {
        extensions: { code: 'QUERY_TOO_EXPENSIVE', cost, maxCost, http: { status: 400 } },
      });
    }
    const waitS = (await limit?.take(callerOf(args.contextValue as Context), Math.max(1, cost))) ?? null;
    if (waitS === null) return null;
    return createGraphQLError(`Too many look-ups in a minute: ask again in ${waitS} s.`, {
      extensions: {
        code: 'TOO_MANY_REQUESTS',
        retryAfter: waitS,
        http: { status: 429, headers: { 'retry-after': `${waitS}` } },
      },
    });
  }
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const error = await fault(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const error = await fault(args);
      if (error !== null) setResultAndStopExecution({ errors: [error] });
    },
  };
}

/** Rejects where the limiter itself fails. */
async function consume(limiter: RateLimiterAbstract, caller: string, cost: number): Promise<number | null> {
  try {
    await limiter.consume(caller, cost);
    return null;
  } catch (reason) {
    if (!(reason instanceof RateLimiterRes)) throw reason;
    return Math.max(1, Math.ceil(reason.msBeforeNext / 1_000));
  }
}

function connect(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(2_000, attempt * 100),
  });
  // The shared cache, on the same Redis, says in the log how it is.
  redis.on('error', () => {});
  return redis;
}
