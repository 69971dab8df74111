/** The app: builds every part, from BSG up to the endpoint, and receives requests for it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendNodeResponse } from '@whatwg-node/server';
import { GraphQLError } from 'graphql';
import { isLoopback } from './config/http.ts';
import { accountOf, type Core, createCore } from './core.ts';
import { type AppConfig, createEndpoint, ENDPOINT, type Endpoint } from './endpoint.ts';
import type { FastPath } from './fast-path/fast-path.ts';
import { createOpsListener, type OpsOptions, type Readiness } from './ops/endpoints.ts';
import { watchFileDescriptors } from './ops/file-descriptors.ts';
import { createLog, type Log } from './ops/log.ts';
import { createRequestLog, createRequestSink, type RequestLog } from './ops/request-log.ts';
import type { RequestContext } from './request/context.ts';
import { refusalOf } from './request/errors.ts';
import { headOfFetch, headOfHttp } from './request/head.ts';
import { createAuthenticator } from './security/authentication.ts';
import { createGate, type Gate } from './security/gate.ts';
import { createEntrance } from './security/http-gate.ts';
import { createRateLimit, type RateLimit } from './security/rate-limit.ts';
import { createOpenStreams, type OpenStreams } from './transports/open-streams.ts';
import { createOperationRunner } from './transports/websocket/operation.ts';
import { createSocketServer } from './transports/websocket/server.ts';

/** Far more than a query that a person writes or a gateway plans. */
const MAX_BODY_BYTES = 512 * 1024;

/** Options of {@link createApp}. */
export interface AppOptions {
  /** For tests: false sends every request to Yoga, so that the two can be compared. @default true */
  readonly hasFastPath?: boolean;
}

/** Builds every part, from BSG up to the endpoint. */
export function createApp(
  config: AppConfig,
  log: Log = createLog(config.log),
  { hasFastPath = true }: AppOptions = {},
) {
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
  const { registry } = core.metrics;
  const fileDescriptors = watchFileDescriptors(log, registry);
  let isDraining = false;
  function status(): Readiness['status'] {
    if (isDraining) return 'draining';
    if (fileDescriptors.isExhausted) return 'out of file descriptors';
    return (authenticator?.isReady ?? true) ? 'ready' : 'starting';
  }
  const ops: OpsOptions = { registry, readiness: () => ({ status: status(), parts: core.health() }) };
  const enter = createEntrance(gate, MAX_BODY_BYTES);
  const { yoga, fastPath } = createEndpoint({ config, log, core, gate, enter, authenticator, rateLimit, ops });
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
    ...createTransports({
      gate,
      yoga,
      fastPath: hasFastPath ? fastPath : null,
      requestLog,
      streams,
      log,
      isDraining: () => isDraining,
    }),
    /** For the `upgrade` event of `node:http`. */
    upgrade: sockets.upgrade,
    /** For {@link createHttpServer}: logs and counts what no listener sees. */
    onMalformed: requestLog.malformed,
    /** For `node:http`, on a port of its own: `/health`, `/ready` and `/metrics` in full. */
    opsListener: createOpsListener(ops, requestLog.respondedTo),
    /** All metrics. */
    registry,
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
      fileDescriptors.dispose();
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
  readonly yoga: Endpoint['yoga'];
  /** Null: every request goes to Yoga. */
  readonly fastPath: FastPath | null;
  readonly requestLog: RequestLog;
  readonly streams: OpenStreams;
  readonly log: Log;
  readonly isDraining: () => boolean;
}

/** How requests reach the endpoint. Each transport begins with `gate.receive`, and ends a request in the request log. */
function createTransports(options: TransportOptions) {
  const { gate, yoga, fastPath, requestLog, streams, log, isDraining } = options;

  async function respond(req: IncomingMessage, res: ServerResponse, received: RequestContext): Promise<void> {
    const passedOn = fastPath !== null && isForEndpoint(req) ? await fastPath.serve(req, res, received) : undefined;
    if (passedOn === null) return;
    // Yoga is not given the node response to send: it would keep all of a request for as long as its stream is open.
    const response = await yoga.handleNodeRequest(req, { req, received, admitted: null, ...passedOn });
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
      requestLog.responded(received, response.status);
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
      response.on('close', () => {
        if (response.headersSent) requestLog.responded(received, response.statusCode);
        requestLog.end(received, response.statusCode, !response.writableFinished);
      });
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

function createLimit({ bsg, http, queries }: AppConfig, { redis }: Core): RateLimit | null {
  const { costPerMinute } = queries;
  if (costPerMinute === null) return null;
  return createRateLimit({
    costPerMinute,
    redis,
    account: accountOf(bsg),
    proxies: http.proxies,
  });
}

function logKeys(log: Log, error: Error | null): void {
  if (error === null) log.info('Signing keys fetched: JWTs can be verified.');
  else log.error({ reason: error.message }, 'Signing keys could not be fetched: those fetched before stay in use.');
}
