import { createHash } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createYoga, useReadinessCheck } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { createBsgClient } from './bsg/client.ts';
import type { Config } from './config.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { useDeliveryReports } from './live/delivery-reports.ts';
import { createHints } from './live/hints.ts';
import { createLive } from './live/live.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createLog, type Log } from './ops/log.ts';
import { useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { schema } from './schema/index.ts';
import { maskRequestError, useRequestErrors } from './schema/request-errors.ts';
import { useRequestBodyLimit } from './security/request-body.ts';
import { createBreaker } from './statuses/breaker.ts';
import { createRedisCache } from './statuses/redis-cache.ts';
import { noSharedCache, type SharedCache } from './statuses/shared-cache.ts';
import { createStatuses } from './statuses/statuses.ts';

/** Far more than a query that a person writes or a gateway plans. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/** BSG counts as down after so many look-ups in a row without an answer, and is tried again after so long. */
const BREAKER = { failuresInARow: 10, probeAfterMs: 5_000 };

/** A report of one message is looked at once a second at the most, and no more messages than that at once. */
const HINTS = { windowMs: 1_000, maxKeys: 10_000 };

/** Builds every part, from BSG up to the endpoint. */
export function createApp({
  bsg,
  cache,
  live: liveConfig,
  log: { level },
  maxBatchSize,
}: Omit<Config, 'http' | 'sandbox'>) {
  const log = createLog(level);
  const client = createBsgClient(bsg);
  const breaker = createBreaker({ ...BREAKER, onChange: (isOpen) => logBreaker(log, isOpen) });
  const shared = createSharedCache(bsg, cache.redisUrl, log);
  const statuses = createStatuses({
    client,
    rules: cache,
    maxEntries: cache.maxEntries,
    breaker,
    shared,
    // Longer than a claim lasts that was left behind.
    waitMs: bsg.timeoutMs + 1_000,
    now: Date.now,
  });
  const live = createLive({ ...liveConfig, statuses });
  const hints = createHints({ ...HINTS, onHint: (key) => statuses.forget([key]) });
  const streaming = new Set<ServerResponse>();
  const yoga = createYoga({
    schema,
    context: (request): Context => ({
      loaders: createLoaders(statuses),
      live,
      maxBatchSize,
      onStream: () => noteStream(request, streaming),
    }),
    graphqlEndpoint: '/graphql',
    healthCheckEndpoint: '/health',
    logging: log,
    maskedErrors: { maskError: maskRequestError },
    cors: false,
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    parserAndValidationCache: { documentCache: createQueryCache(), errorCache: createQueryCache() },
    plugins: [
      useReadinessCheck({
        endpoint: '/ready',
        check: ({ fetchAPI }) =>
          fetchAPI.Response.json({
            bsg: breaker.isOpen ? 'down' : 'up',
            redis: cache.redisUrl === null ? 'not used' : shared.isUp ? 'up' : 'down',
          }),
      }),
      useDeliveryReports({ secret: liveConfig.webhookSecret, onReport: hints.take }),
      useGraphiQLPage('/graphql'),
      useRequestBodyLimit(MAX_REQUEST_BYTES),
      useRequestErrors(),
      useCompiledQueries(),
    ],
  });
  return {
    /** Answers a request as the global `fetch` would; only the path of the address matters. */
    fetch: async (...request: ConstructorParameters<typeof Request>): Promise<Response> =>
      yoga.fetch(new Request(...request)),
    /** The same for `node:http`. */
    listener(request: IncomingMessage, response: ServerResponse): void {
      // What is behind this takes the name of the host for part of an address, and fails where it cannot be.
      if (!URL.canParse(`http://${request.headers.host}`)) return void response.writeHead(400).end();
      void yoga(request, response);
    },
    /** Ends the streams without the word that they are complete, so that their readers connect again elsewhere. */
    endStreams(): void {
      live.dispose();
      for (const response of streaming) response.end();
    },
    async dispose(): Promise<void> {
      live.dispose();
      hints.dispose();
      await yoga.dispose();
      await shared.dispose();
      client.dispose();
    },
  };
}

/** Remembers the response of a request over the wire for as long as it is open. */
function noteStream(request: object, streaming: Set<ServerResponse>): void {
  if (!('res' in request) || !(request.res instanceof ServerResponse)) return;
  const { res } = request;
  streaming.add(res);
  res.once('close', () => streaming.delete(res));
}

/** Bounded by length, as what is made of a query takes some 50 times its own; a long one is read anew each time. */
function createQueryCache<Made extends object>(): LRUCache<string, Made> {
  return new LRUCache({ maxSize: 1_000_000, maxEntrySize: 20_000, sizeCalculation: (_, query) => query.length + 1 });
}

function createSharedCache(bsg: Config['bsg'], url: string | null, log: Log): SharedCache {
  if (url === null) return noSharedCache;
  // Tells apart who shares a Redis but not what is in it, without telling the key; times are kept as read in the zone.
  const { baseUrl, apiKey, timezone, timeoutMs } = bsg;
  const account = createHash('sha256').update([baseUrl, apiKey, timezone].join(' ')).digest('hex').slice(0, 16);
  return createRedisCache({
    url,
    account,
    lookupMs: timeoutMs,
    now: Date.now,
    onChange: (isUp) => logRedis(log, isUp),
  });
}

function logBreaker(log: Log, isOpen: boolean): void {
  if (isOpen) log.error('BSG does not answer: known statuses stand in, others fail at once, until it is back.');
  else log.info('BSG answers again.');
}

function logRedis(log: Log, isUp: boolean): void {
  if (isUp) log.info('Redis answers: what instances learn is shared.');
  else log.error('Redis does not answer: this instance goes on alone, from memory.');
}
