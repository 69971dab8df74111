/** The GraphQL endpoint: Yoga, the plugins that a request passes, and the fast path in front of it. */
import { GraphQLError } from 'graphql';
import { createYoga, type YogaServerOptions } from 'graphql-yoga';
import type { Config } from './config/config.ts';
import type { Core } from './core.ts';
import { createFastPath, type FastPath } from './fast-path/fast-path.ts';
import type { PassedOnContext } from './fast-path/plugin.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { useDeliveryReports } from './live/delivery-reports.ts';
import { createLoaders } from './loaders/loaders.ts';
import { type OpsOptions, type OpsReader, useOps } from './ops/endpoints.ts';
import { type Log, withoutQuotes } from './ops/log.ts';
import { useRequestLog } from './ops/request-log.ts';
import { useOperationSpans } from './ops/tracing.ts';
import { useHttpCaching, useNotModified } from './request/http-caching.ts';
import { useOperation } from './request/operation.ts';
import { useUnknownPaths } from './request/unknown-paths.ts';
import { createQueryCompiler, type QueryCompiler, useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { createDocumentCache, type DocumentCache } from './schema/document-cache.ts';
import { schema } from './schema/index.ts';
import { maskRequestError, useRequestErrors } from './schema/request-errors.ts';
import { useSchemaDocument } from './schema/schema-document.ts';
import { useSubscriptions } from './schema/subscriptions.ts';
import type { Authenticator } from './security/authentication.ts';
import { useCostLimits } from './security/cost-limits.ts';
import { corsOf, useVaryByOrigin } from './security/cross-site.ts';
import type { AdmittedRequest, Gate } from './security/gate.ts';
import { useHiddenSchema } from './security/hidden-schema.ts';
import { type Enter, useGate } from './security/http-gate.ts';
import { queryLimits } from './security/query-limits.ts';
import type { RateLimit } from './security/rate-limit.ts';
import { useStreamBodyLimit } from './security/request-body.ts';
import { DOCUMENT_ID, useTrustedDocuments } from './security/trusted-documents.ts';
import { useResponseFormats } from './transports/response-formats.ts';
import { type SocketContext, useSocketOperations } from './transports/websocket/operation.ts';

/** A subscription has one field, and keys of up to 50 characters between quotes. */
const MAX_STREAM_QUERY_BYTES = 16 * 1024;
const KEY_BYTES = 60;

/** The path of the GraphQL endpoint. */
export const ENDPOINT = '/graphql';

/** The configuration of the server, without that of a sandbox. */
export type AppConfig = Omit<Config, 'sandbox'>;

/** Options of {@link createEndpoint}. */
export interface EndpointOptions {
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

/** What Yoga holds of a request, whatever transport brings it. */
type ServerContext = SocketContext & PassedOnContext;
type Plugins = NonNullable<YogaServerOptions<ServerContext, Context>['plugins']>;

/** What plugins share, with each other and with the fast path. */
interface Shared {
  readonly documents: DocumentCache;
  readonly compiler: QueryCompiler;
  readonly fastPath: FastPath;
  readonly contextOf: (request: AdmittedRequest) => Context;
}

/** The endpoint with the paths beside it, and its fast path. */
export function createEndpoint(options: EndpointOptions) {
  const { config, log, core, enter, rateLimit } = options;
  const { maxBatchSize, maxCost } = config.queries;
  const documents = createDocumentCache();
  const compiler = createQueryCompiler(schema);
  const contextOf = (request: AdmittedRequest): Context => ({
    loaders: createLoaders(core.statuses, request),
    live: core.live,
    maxBatchSize,
    maySeePersonal: request.maySeePersonal,
  });
  const fastPath = createFastPath({
    enter,
    schema,
    contextOf,
    compiler,
    documents,
    responses: core.responses,
    maxCost,
    rateLimit,
    onQueryLookup: core.metrics.onQueryLookup,
  });
  const yoga = createYoga<ServerContext, Context>({
    schema,
    context({ admitted }) {
      if (admitted === null) throw new Error('The request has not passed the gate.');
      return contextOf(admitted);
    },
    graphqlEndpoint: ENDPOINT,
    // Yoga's own goes by the end of the URL, its query included, and no URL ends with a space.
    healthCheckEndpoint: ' ',
    logging: withoutQuotes(log),
    maskedErrors: { maskError: maskRequestError },
    cors: corsOf(config.http.corsOrigins),
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    extraParamNames: [DOCUMENT_ID],
    parserAndValidationCache: documents.options,
    plugins: pluginsOf(options, { documents, compiler, fastPath, contextOf }),
  });
  return { yoga, fastPath };
}

/** See {@link createEndpoint}. */
export type Endpoint = ReturnType<typeof createEndpoint>;

/** The plugins that a request passes, in this order. */
function pluginsOf(options: EndpointOptions, { documents, compiler, fastPath, contextOf }: Shared): Plugins {
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
    useCompiledQueries(compiler),
    useSubscriptions({ contextOf, onUnexpectedError: (error) => log.error(error) }),
    // The last to set how an operation runs.
    useOperationSpans(),
    useHttpCaching(authenticator !== null),
    useResponseFormats(),
    useSocketOperations(),
    // The last to see the result.
    useRequestLog(),
    fastPath.plugin,
    useNotModified(),
  ];
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
