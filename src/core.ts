/** Everything below the GraphQL endpoint, built from the configuration. */
import { createHash } from 'node:crypto';
import { createBsgClient, hasRandomAnswers } from './bsg/client.ts';
import type { Config } from './config/config.ts';
import { createLive } from './live/live.ts';
import type { ReportedMessage } from './live/reported-messages.ts';
import { createThrottle } from './live/throttle.ts';
import { monotonicNow } from './monotonic-clock.ts';
import type { Log } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { createRedisBackend } from './redis/backend.ts';
import { connectToRedis, type RedisConnection } from './redis/connection.ts';
import type { RedisFailure } from './redis/health.ts';
import { createResponseStore } from './response-cache/store.ts';
import { createCircuitBreaker } from './statuses/circuit-breaker.ts';
import { createSharedCache, noSharedCache, type SharedCache } from './statuses/shared-cache.ts';
import { shapeVersion } from './statuses/shared-codec.ts';
import { createStatuses } from './statuses/statuses.ts';

const CIRCUIT_BREAKER = { failuresInARow: 10, probeAfterMs: 5_000 };

/** Delivery reports make a message be fetched at most once a second, and at most so many messages at once. */
const DELIVERY_REPORTS = { windowMs: 1_000, maxKeys: 10_000 };

/** How much longer than a fetch its lock is held at most. */
const LOCK_SLACK_MS = 500;

/** What {@link createCore} reads of the configuration. */
export type CoreConfig = Pick<Config, 'bsg' | 'cache' | 'live'>;

/** Everything below the GraphQL endpoint, from the BSG client up to live updates, with its metrics. */
export function createCore({ bsg, cache, live: liveConfig }: CoreConfig, log: Log) {
  const client = createBsgClient({ ...bsg, onMassStatus: (isOffered) => logMassStatus(log, isOffered) });
  const circuitBreaker = createCircuitBreaker({
    ...CIRCUIT_BREAKER,
    onChange: (isOpen) => logCircuitBreaker(log, isOpen),
  });
  const redis = cache.redisUrl === null ? null : connectTo(cache.redisUrl, log);
  const shared = redis === null ? noSharedCache : createRedisCache(redis, bsg);
  const statuses = createStatuses({
    client,
    policy: cache,
    maxEntries: cache.maxEntries,
    circuitBreaker,
    shared,
    timeoutMs: bsg.timeoutMs,
    now: monotonicNow,
  });
  const responses =
    cache.responseCacheBytes === 0
      ? null
      : createResponseStore({ maxBytes: cache.responseCacheBytes, freshEntryOf: statuses.freshEntry });
  const metrics: Metrics = createMetrics({
    isBreakerOpen: () => circuitBreaker.isOpen,
    isMassStatusMissing: () => client.massStatus === 'not offered',
    isRedisUp: redis === null ? null : () => redis.failure === null,
    pollers: () => live.pollerCount,
    streams: () => live.streamCount,
    responseCache: () => responses?.usage ?? { hits: 0, misses: 0, bytes: 0 },
  });
  const live = createLive({ ...liveConfig, statuses, observer: { ...metrics, requestId: null } });
  const deliveryReports = createThrottle<ReportedMessage>({
    ...DELIVERY_REPORTS,
    run: ({ keys }) => void statuses.invalidate(keys).catch((error: unknown) => logBug(log, error)),
  });
  return {
    statuses,
    /** Null where responses are not stored. */
    responses,
    live,
    deliveryReports,
    metrics,
    /** Null where no Redis is configured. */
    redis,
    /** The state of each dependency, for `/ready`. */
    health: () => ({
      bsg: circuitBreaker.isOpen ? 'down' : 'up',
      massStatus: client.massStatus,
      redis: redis === null ? 'not used' : redis.failure === null ? 'up' : 'down',
      ...(redis?.failure && { redisFailure: `${redis.failure.operation}: ${redis.failure.reason}` }),
    }),
    async dispose(): Promise<void> {
      deliveryReports.dispose();
      await shared.dispose();
      redis?.dispose();
      client.dispose();
    },
  };
}

/** Everything below the GraphQL endpoint. */
export type Core = ReturnType<typeof createCore>;

/** Separates the accounts that share a Redis, without revealing the key. The time zone is part of it: cached times depend on it. */
export function accountOf({ baseUrl, apiKey, timezone }: Config['bsg']): string {
  return createHash('sha256').update([baseUrl, apiKey, timezone].join(' ')).digest('hex').slice(0, 16);
}

function connectTo(url: string, log: Log): RedisConnection {
  return connectToRedis({
    url,
    now: monotonicNow,
    onChange: (failure) => logRedis(log, failure),
    onBug: (error) => logBug(log, error),
  });
}

function createRedisCache(connection: RedisConnection, bsg: Config['bsg']): SharedCache {
  const prefix = `bsg-graphql:${shapeVersion()}:${accountOf(bsg)}:`;
  const backend = createRedisBackend({
    connection,
    prefix,
    maxHoldMs: bsg.timeoutMs + LOCK_SLACK_MS,
    now: monotonicNow,
  });
  return createSharedCache({ backend, checksMatch: !hasRandomAnswers(bsg.apiKey), now: monotonicNow });
}

function logCircuitBreaker(log: Log, isOpen: boolean): void {
  if (isOpen) log.error('BSG is unavailable: circuit breaker open, serving stale values where there are any.');
  else log.info('BSG is available again: circuit breaker closed.');
}

function logMassStatus(log: Log, isOffered: boolean): void {
  if (isOffered) log.info('BSG offers mass status requests again: fetching up to 100 statuses at once.');
  else log.info('BSG does not offer mass status requests (POST /sms/getStatus): fetching statuses one by one.');
}

function logBug(log: Log, error: unknown): void {
  log.error(error, 'A change could not be applied.');
}

function logRedis(log: Log, failure: RedisFailure | null): void {
  if (failure === null) log.info('Redis available: sharing the cache between instances.');
  else log.error(failure, 'Redis unavailable: using the in-process cache only.');
}
