import { createHash } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { createBsgClient } from './bsg/client.ts';
import type { Config } from './config.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { useDeliveryReports } from './live/delivery-reports.ts';
import { createHints } from './live/hints.ts';
import { createLive } from './live/live.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createOpsListener, type OpsOptions, type OpsReader, useOps } from './ops/endpoints.ts';
import { beginExchange, type Exchange, type HeaderReader, useExchanges } from './ops/exchange.ts';
import { createLog, type Log } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { useOperationSpans } from './ops/tracing.ts';
import { useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { schema } from './schema/index.ts';
import { maskRequestError, useRequestErrors } from './schema/request-errors.ts';
import { createAuthenticator, useAuthentication } from './security/authentication.ts';
import { type Caller, PERSONAL_SCOPE } from './security/caller.ts';
import { corsOf, useCrossSiteProtection } from './security/cross-site.ts';
import { useHiddenSchema } from './security/hidden-schema.ts';
import { createJwtCheck, type JwtCheck } from './security/jwt.ts';
import { queryLimits } from './security/query-limits.ts';
import { createRateLimit, useCostLimits } from './security/rate-limit.ts';
import { useRequestBodyLimit } from './security/request-body.ts';
import { createTokenCheck } from './security/tokens.ts';
import { DOCUMENT_ID, useTrustedDocuments } from './security/trusted-documents.ts';
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

/** What comes with each request, beside what Yoga adds. */
interface ServerContext extends Record<string, unknown> {
  readonly exchange: Exchange;
  caller: Caller | null;
}

/** Builds every part, from BSG up to the endpoint. */
export function createApp(config: Omit<Config, 'sandbox'>, log: Log = createLog(config.log)) {
  const { bsg, cache, queries } = config;
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
  const metrics: Metrics = createMetrics({
    isBreakerOpen: () => breaker.isOpen,
    isRedisUp: cache.redisUrl === null ? null : () => shared.isUp,
    watches: () => live.watchCount,
    streams: () => live.streamCount,
  });
  const live = createLive({ ...config.live, statuses, reader: { ...metrics, requestId: null } });
  const hints = createHints({ ...HINTS, onHint: (key) => statuses.forget([key]) });

  const jwt = createJwt(config.auth, log);
  const authenticate = createAuthenticator({ checkToken: createTokenCheck(config.auth?.tokens ?? []), jwt });
  const { costPerMinute } = queries;
  const rateLimit =
    costPerMinute === null
      ? null
      : createRateLimit({ costPerMinute, redisUrl: cache.redisUrl, account: accountOf(bsg) });

  let isDraining = false;
  const ops: OpsOptions = {
    registry: metrics.registry,
    readiness: () => ({
      status: isDraining ? 'draining' : jwt === null || jwt.isReady ? 'ready' : 'starting',
      parts: {
        bsg: breaker.isOpen ? 'down' : 'up',
        redis: cache.redisUrl === null ? 'not used' : shared.isUp ? 'up' : 'down',
      },
    }),
  };
  async function opsReaderOf(request: Request): Promise<OpsReader> {
    if (config.http.opsPort !== null) return 'public';
    if (config.auth === null) return 'operator';
    return typeof (await authenticate(request.headers.get('authorization'))) === 'string'
      ? 'unauthenticated'
      : 'operator';
  }

  const streaming = new Set<ServerResponse>();
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context: ({ exchange, caller, ...request }) => ({
      loaders: createLoaders(statuses, exchange),
      live,
      maxBatchSize: config.maxBatchSize,
      maySeePersonal: config.auth === null || caller?.scopes.has(PERSONAL_SCOPE) === true,
      onStream: () => noteStream(request, streaming),
    }),
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    logging: log,
    maskedErrors: { maskError: maskRequestError },
    cors: corsOf(config.http.corsOrigins),
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    extraParamNames: [DOCUMENT_ID],
    parserAndValidationCache: { documentCache: createQueryCache(), errorCache: createQueryCache() },
    plugins: [
      // The first to see an operation, whatever becomes of it.
      useExchanges(),
      useOps(ops, opsReaderOf),
      useDeliveryReports({ secret: config.live.webhookSecret, onReport: hints.take }),
      queries.introspection && useGraphiQLPage(ENDPOINT),
      useCrossSiteProtection(config.http.corsOrigins),
      config.auth !== null && useAuthentication<ServerContext>(authenticate, noteCaller),
      useRequestBodyLimit(MAX_REQUEST_BYTES),
      queries.trusted !== null && useTrustedDocuments(queries.trusted),
      ...queryLimits(),
      !queries.introspection && useHiddenSchema<ServerContext>(({ caller }) => caller !== null),
      useCostLimits<ServerContext>(queries.maxCost, rateLimit, callerKeyOf),
      useRequestErrors(),
      useCompiledQueries(),
      // The last to set how an operation runs.
      useOperationSpans(),
    ],
  });

  function begin(header: HeaderReader): ServerContext {
    return { exchange: beginExchange(header, { log, metrics, now: performance.now.bind(performance) }), caller: null };
  }

  return {
    /** Answers a request as the global `fetch` would; only the path of the address matters. */
    async fetch(...args: ConstructorParameters<typeof Request>): Promise<Response> {
      const request = new Request(...args);
      const context = begin((name) => request.headers.get(name));
      const response = await yoga.fetch(request, context);
      if (isLogged(request.url.replace(/^\w+:\/\/[^/]*/, ''))) context.exchange.end(response.status, false);
      return response;
    },
    /** The same for `node:http`. */
    listener(request: IncomingMessage, response: ServerResponse): void {
      // Whoever keeps the connection is to open a new one, to a server that stays.
      if (isDraining) response.shouldKeepAlive = false;
      // What is behind this takes the name of the host for part of an address, and fails where it cannot be.
      if (!URL.canParse(`http://${request.headers.host}`)) return void response.writeHead(400).end();
      const context = begin((name) => headerOf(request, name));
      if (isLogged(request.url ?? '')) {
        response.once('close', () => context.exchange.end(response.statusCode, !response.writableFinished));
      }
      void yoga(request, response, context);
    },
    /** For `node:http`, on a port of its own: `/health`, `/ready` and `/metrics` in full. */
    opsListener: createOpsListener(ops),
    /** All that the server counts. */
    registry: metrics.registry,
    /** Says by `/ready` and on each connection that no more requests should come; those that do are answered. */
    drain(): void {
      isDraining = true;
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
      rateLimit?.dispose();
      jwt?.dispose();
      client.dispose();
    },
  };
}

const ENDPOINT = '/graphql';

/** Other paths are asked by probes, or have a secret in them. */
function isLogged(pathAndQuery: string): boolean {
  return /^\/graphql\/?(\?|$)/.test(pathAndQuery);
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function noteCaller(context: ServerContext, caller: Caller): void {
  context.caller = caller;
  context.exchange.caller = caller.name;
}

/** Whose look-ups are counted together: those of a caller, or of an address where callers are not known. */
function callerKeyOf({ caller, req }: ServerContext & { readonly req?: IncomingMessage }): string {
  return caller === null ? `address:${req?.socket.remoteAddress ?? 'none'}` : `caller:${caller.name}`;
}

function createJwt(auth: Config['auth'], log: Log): JwtCheck | null {
  if (auth === null || auth.jwt === null) return null;
  return createJwtCheck({
    ...auth.jwt,
    onKeys(fault) {
      if (fault === null) log.info('The keys of the issuer are here: JWTs can be checked.');
      else log.error({ reason: fault.message }, 'The keys of the issuer cannot be had; those that are known hold.');
    },
  });
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
  return createRedisCache({
    url,
    account: accountOf(bsg),
    lookupMs: bsg.timeoutMs,
    now: Date.now,
    onChange: (isUp) => logRedis(log, isUp),
  });
}

/** Tells apart who shares a Redis but not what is in it, without telling the key; times are kept as read in the zone. */
function accountOf({ baseUrl, apiKey, timezone }: Config['bsg']): string {
  return createHash('sha256').update([baseUrl, apiKey, timezone].join(' ')).digest('hex').slice(0, 16);
}

function logBreaker(log: Log, isOpen: boolean): void {
  if (isOpen) log.error('BSG does not answer: known statuses stand in, others fail at once, until it is back.');
  else log.info('BSG answers again.');
}

function logRedis(log: Log, isUp: boolean): void {
  if (isUp) log.info('Redis answers: what instances learn is shared.');
  else log.error('Redis does not answer: this instance goes on alone, from memory.');
}
