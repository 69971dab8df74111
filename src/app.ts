/** The GraphQL endpoint: builds every part and composes the plugins. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import { GraphQLError } from 'graphql';
import { createYoga, type YogaServerOptions } from 'graphql-yoga';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/http.ts';
import { accountOf, type Core, createCore } from './core.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { useDeliveryReports } from './live/delivery-reports.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createOpsListener, type OpsOptions, type OpsReader, useOps } from './ops/endpoints.ts';
import { createLog, type Log, withoutQuotes } from './ops/log.ts';
import { createRequestLog, createRequestSink, type RequestLog, useRequestLog } from './ops/request-log.ts';
import { useOperationSpans } from './ops/tracing.ts';
import type { RequestContext } from './request/context.ts';
import { refusalOf } from './request/errors.ts';
import { headOfFetch, headOfHttp } from './request/head.ts';
import { useHttpCaching, useNotModified } from './request/http-caching.ts';
import { useOperation } from './request/operation.ts';
import { useUnknownPaths } from './request/unknown-paths.ts';
import { useResponseStore } from './response-cache/plugin.ts';
import { createResponseCache, type ResponseCache } from './response-cache/response-cache.ts';
import { useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { createDocumentCache, type DocumentCache } from './schema/document-cache.ts';
import { schema } from './schema/index.ts';
import { maskRequestError, useRequestErrors } from './schema/request-errors.ts';
import { useSchemaDocument } from './schema/schema-document.ts';
import { useSubscriptions } from './schema/subscriptions.ts';
import { type Authenticator, createAuthenticator } from './security/authentication.ts';
import { useCostLimits } from './security/cost-limits.ts';
import { corsOf, useVaryByOrigin } from './security/cross-site.ts';
import { type AdmittedRequest, createGate, type Gate } from './security/gate.ts';
import { useHiddenSchema } from './security/hidden-schema.ts';
import { createEntrance, type Enter, useGate } from './security/http-gate.ts';
import { queryLimits } from './security/query-limits.ts';
import { createRateLimit, type RateLimit } from './security/rate-limit.ts';
import { useStreamBodyLimit } from './security/request-body.ts';
import { DOCUMENT_ID, useTrustedDocuments } from './security/trusted-documents.ts';
import { createOpenStreams, type OpenStreams } from './transports/open-streams.ts';
import { useResponseFormats } from './transports/response-formats.ts';
import { createOperationRunner, type SocketContext, useSocketOperations } from './transports/websocket/operation.ts';
import { createSocketServer } from './transports/websocket/server.ts';

/** Far more than a query that a person writes or a gateway plans. */
const MAX_BODY_BYTES = 512 * 1024;
/** A subscription has one field, and keys of up to 50 characters between quotes. */
const MAX_STREAM_QUERY_BYTES = 16 * 1024;
const KEY_BYTES = 60;

const ENDPOINT = '/graphql';

/** The configuration of the server, without that of a sandbox. */
type AppConfig = Omit<Config, 'sandbox'>;

/** Builds every part, from BSG up to the endpoint. */
export function createApp(config: AppConfig, log: Log = createLog(config.log)) {
  const core = createCore(config, log);
  const authenticator = config.auth === null ? null : createAuthenticator(config.auth, (error) => logKeys(log, error));
  const rateLimit = createLimit(config, core);
  const gate = createGate({
    isOwnHost: config.http.isLocal ? isLoopback : () => true,
    corsOrigins: config.http.corsOrigins,
    authenticator,
    maxBodyBytes: MAX_BODY_BYTES,
    rateLimit,
    sink: createRequestSink(log, core.metrics),
  });
  const requestLog = createRequestLog(log, core.metrics);
  const streams = createOpenStreams((error) => log.error(error));
  let isDraining = false;
  const ops: OpsOptions = {
    registry: core.metrics.registry,
    readiness: () => ({
      status: isDraining ? 'draining' : (authenticator?.isReady ?? true) ? 'ready' : 'starting',
      parts: core.health(),
    }),
  };
  const enter = createEntrance(gate, MAX_BODY_BYTES);
  const yoga = createEndpoint({ config, log, core, gate, enter, authenticator, rateLimit, ops });
  const { responses } = core;
  const responseCache = responses === null ? null : createResponseCache({ store: responses, enter, rateLimit });
  const sockets = createSocketServer({
    endpoint: ENDPOINT,
    gate,
    requestLog,
    run: createOperationRunner({ gate, requestLog, fetch: yoga.fetch }),
    maxConnections: config.live.maxStreams,
    maxMessageBytes: MAX_BODY_BYTES,
    onError: (error) => log.error(error),
  });

  return {
    ...createTransports({ gate, yoga, responseCache, requestLog, streams, log, isDraining: () => isDraining }),
    /** For the `upgrade` event of `node:http`. */
    upgrade: sockets.upgrade,
    /** For `node:http`, on a port of its own: `/health`, `/ready` and `/metrics` in full. */
    opsListener: createOpsListener(ops),
    /** All metrics. */
    registry: core.metrics.registry,
    /** Announces the shutdown, by `/ready` and by closing keep-alive connections; requests that still arrive are answered. */
    drain(): void {
      isDraining = true;
    },
    /** Ends the streams without a `complete` event, so that their clients reconnect elsewhere. Queries on WebSockets may finish. */
    endStreams(): void {
      core.live.dispose();
      streams.closeAll();
      sockets.closeIdle();
    },
    /** Closes the WebSockets that are left. */
    closeSockets: sockets.terminate,
    async dispose(): Promise<void> {
      sockets.dispose();
      core.live.dispose();
      await yoga.dispose();
      authenticator?.dispose();
      await core.dispose();
    },
  };
}

/** Options of {@link createTransports}. */
interface TransportOptions {
  readonly gate: Gate;
  readonly yoga: ReturnType<typeof createEndpoint>;
  /** Null: no responses are stored. */
  readonly responseCache: ResponseCache | null;
  readonly requestLog: RequestLog;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly isDraining: () => boolean;
}

/** How requests reach the endpoint. Each transport begins with `gate.receive`, and ends a request in the request log. */
function createTransports(options: TransportOptions) {
  const { gate, yoga, responseCache, requestLog, streams, log, isDraining } = options;

  async function respond(req: IncomingMessage, res: ServerResponse, received: RequestContext): Promise<void> {
    const isLookedUp = responseCache !== null && isForEndpoint(req);
    const entered = isLookedUp ? await responseCache.serve(req, res, received) : undefined;
    if (entered === null) return;
    // Yoga is not given the node response to send: it would keep all of a request for as long as its stream is open.
    const response = await yoga.handleNodeRequest(req, { req, received, entered, admitted: null });
    if (received.stream === null) return sendNodeResponse(response, res, req, true);
    res.writeHead(response.status, Object.fromEntries(response.headers));
    streams.send(received.stream, res, received.caller?.expiresAtMs ?? null);
  }
  return {
    /** Responds as the global `fetch` would; only the path of the URL matters. */
    async fetch(...args: ConstructorParameters<typeof Request>): Promise<Response> {
      const request = new Request(...args);
      const received = gate.receive(headOfFetch(request));
      if (received instanceof GraphQLError) {
        const { body, ...init } = refusalOf(received);
        return new Response(body, init);
      }
      const response = await yoga.fetch(request, { received, admitted: null });
      requestLog.end(received, response.status, false);
      return response;
    },
    /** The same for `node:http`. */
    listener(request: IncomingMessage, response: ServerResponse): void {
      // Closes keep-alive connections, so that clients open new ones to an instance that stays.
      if (isDraining()) response.shouldKeepAlive = false;
      const received = gate.receive(headOfHttp(request));
      if (received instanceof GraphQLError) {
        const { status, headers, body } = refusalOf(received);
        return void response.writeHead(status, headers).end(body);
      }
      response.once('close', () => requestLog.end(received, response.statusCode, !response.writableFinished));
      respond(request, response, received).catch((error) => {
        log.error(error);
        response.destroy();
      });
    },
  };
}

/** Whether Yoga would take the request for one to the endpoint. GraphiQL is for browsers that open it. */
function isForEndpoint({ method, url = '', headers }: IncomingMessage): boolean {
  const isQuery = method === 'POST' || (method === 'GET' && !headers.accept?.includes('text/html'));
  return isQuery && (url === ENDPOINT || url.startsWith(`${ENDPOINT}?`));
}

/** Options of {@link createEndpoint}. */
interface EndpointOptions {
  readonly config: AppConfig;
  readonly log: Log;
  readonly core: Core;
  readonly gate: Gate;
  readonly enter: Enter;
  /** Null where callers need no token. */
  readonly authenticator: Authenticator | null;
  readonly rateLimit: RateLimit | null;
  readonly ops: OpsOptions;
}

type Plugins = NonNullable<YogaServerOptions<SocketContext, Context>['plugins']>;

function createEndpoint(options: EndpointOptions) {
  const { config, log, core } = options;
  const documents = createDocumentCache();
  const contextOf = (request: AdmittedRequest): Context => ({
    loaders: createLoaders(core.statuses, request),
    live: core.live,
    maxBatchSize: config.queries.maxBatchSize,
    maySeePersonal: request.maySeePersonal,
  });
  return createYoga<SocketContext, Context>({
    schema,
    context({ admitted }) {
      if (admitted === null) throw new Error('The request has not passed the gate.');
      return contextOf(admitted);
    },
    graphqlEndpoint: ENDPOINT,
    healthCheckEndpoint: '/health',
    logging: withoutQuotes(log),
    maskedErrors: { maskError: maskRequestError },
    cors: corsOf(config.http.corsOrigins),
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    extraParamNames: [DOCUMENT_ID],
    parserAndValidationCache: documents.options,
    plugins: pluginsOf(options, documents, contextOf),
  });
}

/** The plugins that a request passes, in this order. */
function pluginsOf(
  options: EndpointOptions,
  documents: DocumentCache,
  contextOf: (request: AdmittedRequest) => Context,
): Plugins {
  const { config, log, core, gate, enter, authenticator, rateLimit, ops } = options;
  const { http, live, queries } = config;
  return [
    // Paths beside the endpoint.
    useOps(ops, (request) => opsReaderOf(request, http.opsPort, authenticator)),
    useDeliveryReports({ secret: live.webhookSecret, onReport: core.deliveryReports.call }),
    queries.introspection && useGraphiQLPage(ENDPOINT, authenticator !== null),
    queries.introspection && useSchemaDocument(gate),
    useUnknownPaths(ENDPOINT),
    // The gate comes before whatever reads the body.
    useGate(enter),
    http.corsOrigins.length > 0 && useVaryByOrigin(),
    useRequestErrors(),
    // The document.
    useTrustedDocuments(queries.trusted),
    ...queryLimits(documents.drop),
    // The first to see the operation, as all that follow read what it found.
    useOperation(),
    useStreamBodyLimit(MAX_STREAM_QUERY_BYTES + queries.maxBatchSize * KEY_BYTES),
    !queries.introspection && useHiddenSchema(),
    useCostLimits(queries.maxCost, rateLimit),
    useCompiledQueries(),
    useSubscriptions({ contextOf, onUnexpectedError: (error) => log.error(error) }),
    // The last to set how an operation runs.
    useOperationSpans(),
    useHttpCaching(authenticator !== null),
    useResponseFormats(),
    useSocketOperations(),
    // The last to see the result.
    useRequestLog(),
    core.responses !== null && useResponseStore(core.responses),
    useNotModified(),
  ];
}

function createLimit({ bsg, http, queries }: AppConfig, { redis }: Core): RateLimit | null {
  const { costPerMinute } = queries;
  if (costPerMinute === null) return null;
  return createRateLimit({
    costPerMinute,
    redis: redis?.commands ?? null,
    account: accountOf(bsg),
    proxies: http.proxies,
  });
}

/** The reader of an operations endpoint on the port of the GraphQL endpoint. */
async function opsReaderOf(
  { headers }: Request,
  opsPort: number | null,
  authenticator: Authenticator | null,
): Promise<OpsReader> {
  if (opsPort !== null) return 'elsewhere';
  if (authenticator === null) return 'operator';
  const caller = await authenticator.authenticate(headers.get('authorization'));
  return caller instanceof GraphQLError ? 'unauthenticated' : 'operator';
}

function logKeys(log: Log, error: Error | null): void {
  if (error === null) log.info('Signing keys fetched: JWTs can be verified.');
  else log.error({ reason: error.message }, 'Signing keys could not be fetched: those fetched before stay in use.');
}
