import type { IncomingMessage, ServerResponse } from 'node:http';
import { createYoga } from 'graphql-yoga';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/http.ts';
import { accountOf, type Core, createCore } from './core.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { useDeliveryReports } from './live/delivery-reports.ts';
import { createOpenStreams, type OpenStreams } from './live/open-streams.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createOpsListener, type OpsOptions, type OpsReader, useOps } from './ops/endpoints.ts';
import { beginExchange, type Exchange, type HeaderReader, useExchanges } from './ops/exchange.ts';
import { createLog, type Log, withoutQuotes } from './ops/log.ts';
import { useOperationSpans } from './ops/tracing.ts';
import { httpStatusOf } from './request/errors.ts';
import { useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { createDocumentCache } from './schema/document-cache.ts';
import { schema } from './schema/index.ts';
import { maskRequestError, useRequestErrors } from './schema/request-errors.ts';
import { type Authenticator, createAuthenticator, useAuthentication } from './security/authentication.ts';
import { type Caller, PERSONAL_SCOPE } from './security/caller.ts';
import { corsOf, useCrossSiteProtection } from './security/cross-site.ts';
import { useHiddenSchema } from './security/hidden-schema.ts';
import { validateHost } from './security/host.ts';
import { queryLimits } from './security/query-limits.ts';
import { createRateLimit, type RateLimit, useCostLimits } from './security/rate-limit.ts';
import { useRequestBodyLimit } from './security/request-body.ts';
import { DOCUMENT_ID, useTrustedDocuments } from './security/trusted-documents.ts';

/** Far more than a query that a person writes or a gateway plans. */
const MAX_REQUEST_BYTES = 512 * 1024;
/** A subscription has one field, and keys of up to 32 characters between quotes. */
const MAX_STREAM_QUERY_BYTES = 16 * 1024;
const KEY_BYTES = 40;

const ENDPOINT = '/graphql';

/** What comes with each request, beside what Yoga adds. */
interface ServerContext extends Record<string, unknown> {
  readonly exchange: Exchange;
  /** Null where callers are not known. */
  caller: Caller | null;
  /** Absent where the request came from this process. */
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
}

/** Builds every part, from BSG up to the endpoint. */
export function createApp(config: Omit<Config, 'sandbox'>, log: Log = createLog(config.log)) {
  const core = createCore(config, log);
  const guard = config.auth === null ? null : createAuthenticator(config.auth, (fault) => logKeys(log, fault));
  const rateLimit = createLimit(config, core);
  const streams = createOpenStreams();
  let isDraining = false;
  const ops: OpsOptions = {
    registry: core.metrics.registry,
    readiness: () => ({
      status: isDraining ? 'draining' : (guard?.isReady ?? true) ? 'ready' : 'starting',
      parts: core.health(),
    }),
  };
  const yoga = createEndpoint({ config, log, core, guard, rateLimit, ops, streams });

  const told = { log, metrics: core.metrics, now: () => performance.now() };

  function begin(header: HeaderReader): ServerContext {
    return { exchange: beginExchange(header, told), caller: null };
  }

  return {
    /** Answers a request as the global `fetch` would; only the path of the address matters. */
    async fetch(...args: ConstructorParameters<typeof Request>): Promise<Response> {
      const request = new Request(...args);
      const context = begin((name) => request.headers.get(name));
      const response = await yoga.fetch(request, context);
      context.exchange.end(response.status, false);
      return response;
    },
    /** The same for `node:http`. */
    listener(request: IncomingMessage, response: ServerResponse): void {
      // Whoever keeps the connection is to open a new one, to a server that stays.
      if (isDraining) response.shouldKeepAlive = false;
      const error = validateHost(request.headers.host, config.http.isLocal ? isLoopback : () => true);
      if (error !== null) return void response.writeHead(httpStatusOf(error)).end(error.message);
      const context = begin((name) => headerOf(request, name));
      response.once('close', () => context.exchange.end(response.statusCode, !response.writableFinished));
      void yoga(request, response, context);
    },
    /** For `node:http`, on a port of its own: `/health`, `/ready` and `/metrics` in full. */
    opsListener: createOpsListener(ops),
    /** All that the server counts. */
    registry: core.metrics.registry,
    /** Says by `/ready` and on each connection that no more requests should come; those that do are answered. */
    drain(): void {
      isDraining = true;
    },
    /** Ends the streams without the word that they are complete, so that their readers connect again elsewhere. */
    endStreams(): void {
      core.live.dispose();
      streams.closeAll();
    },
    async dispose(): Promise<void> {
      core.live.dispose();
      await yoga.dispose();
      guard?.dispose();
      await core.dispose();
    },
  };
}

/** What the endpoint is made of. */
interface Parts {
  readonly config: Omit<Config, 'sandbox'>;
  readonly log: Log;
  readonly core: Core;
  /** Null: anyone may ask. */
  readonly guard: Authenticator | null;
  readonly rateLimit: RateLimit | null;
  readonly ops: OpsOptions;
  readonly streams: OpenStreams;
}

function createEndpoint({ config, log, core, guard, rateLimit, ops, streams }: Parts) {
  const { http, live, queries } = config;
  const { maxBatchSize } = queries;
  const documents = createDocumentCache();
  return createYoga<ServerContext, Context>({
    schema,
    context: ({ exchange, caller, res }) => ({
      loaders: createLoaders(core.statuses, exchange),
      live: core.live,
      maxBatchSize,
      maySeePersonal: guard === null || caller?.scopes.has(PERSONAL_SCOPE) === true,
      onStream: () => streams.add(res, caller?.expiresAtMs ?? null),
    }),
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    logging: withoutQuotes(log),
    maskedErrors: { maskError: maskRequestError },
    cors: corsOf(http.corsOrigins),
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    extraParamNames: [DOCUMENT_ID],
    parserAndValidationCache: documents.options,
    plugins: [
      // The first to see an operation, whatever becomes of it.
      useExchanges(),
      useOps(ops, (request) => opsReaderOf(request, http.opsPort, guard)),
      useDeliveryReports({ secret: live.webhookSecret, onReport: core.deliveryReports.call }),
      queries.introspection && useGraphiQLPage(ENDPOINT, guard !== null),
      useCrossSiteProtection(http.corsOrigins),
      guard !== null && useAuthentication<ServerContext>(guard, noteCaller),
      useRequestBodyLimit({
        maxBytes: MAX_REQUEST_BYTES,
        maxStreamBytes: MAX_STREAM_QUERY_BYTES + maxBatchSize * KEY_BYTES,
      }),
      queries.trusted !== null && useTrustedDocuments(queries.trusted),
      ...queryLimits(),
      documents.plugin,
      !queries.introspection && useHiddenSchema<ServerContext>(({ caller }) => caller !== null),
      useCostLimits<ServerContext>(queries.maxCost, rateLimit, (context) => limitedTogether(context, http.proxies)),
      useRequestErrors(),
      useCompiledQueries(),
      // The last to set how an operation runs.
      useOperationSpans(),
    ],
  });
}

function createLimit({ bsg, queries: { costPerMinute } }: Omit<Config, 'sandbox'>, { redis }: Core): RateLimit | null {
  if (costPerMinute === null) return null;
  return createRateLimit({ costPerMinute, redis: redis?.commands ?? null, account: accountOf(bsg) });
}

/** Who asks on the port of the endpoint what is meant for operators. */
async function opsReaderOf(
  { headers }: Request,
  opsPort: number | null,
  guard: Authenticator | null,
): Promise<OpsReader> {
  if (opsPort !== null) return 'elsewhere';
  if (guard === null) return 'operator';
  const verdict = await guard.authenticate(headers.get('authorization'));
  return typeof verdict === 'string' ? 'unauthenticated' : 'operator';
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
}

function noteCaller(context: ServerContext, caller: Caller): void {
  context.caller = caller;
  context.exchange.caller = caller.id;
}

/** Whose look-ups are counted together: those of a caller, or of an address where callers are not known. */
function limitedTogether({ caller, req }: ServerContext, proxies: number): string {
  return caller?.id ?? `address:${req === undefined ? 'none' : addressOf(req, proxies)}`;
}

/** Who asked the first of the proxies that are known; what stands before that in the header, anyone may have written. */
function addressOf({ headers, socket }: IncomingMessage, proxies: number): string | undefined {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  return (proxies === 0 ? undefined : forwarded.at(-proxies)?.trim()) || socket.remoteAddress;
}

function logKeys(log: Log, fault: Error | null): void {
  if (fault === null) log.info('The keys of the issuer are here: JWTs can be checked.');
  else
    log.error(
      { reason: fault.message },
      'The keys of the issuer cannot be had: those that are known hold, if there are any.',
    );
}
