/** One log line and one observation per request. */
import type { Plugin } from 'graphql-yoga';
import type { RequestContext, RequestSink } from '../request/context.ts';
import { refusalOf } from '../request/errors.ts';
import type { Operation } from '../request/operation.ts';
import { routeOf } from '../request/target.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { traceFailedRequest } from './tracing.ts';

/** Of a header of a refused request. */
const MAX_LOGGED_CHARACTERS = 255;

/** Logs and counts requests once they are over. */
export interface RequestLog {
  /** `isCutOff`: the connection was closed before the response was complete. A subscription that its client leaves is over. */
  end(request: RequestContext, status: number, isCutOff: boolean): void;
  /** Every HTTP response with the status that was sent, whatever its path. */
  responded(request: RequestContext, status: number): void;
  /** The same on the port for operators, where requests have no context. */
  respondedTo(path: string, status: number): void;
  /** The response to what is no legal HTTP request. `reason`: the code of the parser's error. */
  malformed(status: number, reason: string): void;
}

/** One line and one observation for each request to the endpoint; each other response is counted, and logged on its own. */
export function createRequestLog(log: Log, metrics: Pick<Metrics, 'onRequest' | 'onResponse'>): RequestLog {
  /** With each operation serialized once: hot ones come back as the same object. */
  const logs = new WeakMap<Operation, Log>();
  function logOf(operation: Operation | null): Log {
    if (operation === null) return log.child({ operation });
    let known = logs.get(operation);
    if (known === undefined) {
      const { type, name } = operation;
      known = log.child({ operation: { type, name } });
      logs.set(operation, known);
    }
    return known;
  }
  return {
    responded({ head, requestId, isForEndpoint }, status) {
      metrics.onResponse(routeOf(head.path), status);
      if (!isForEndpoint) logResponse(log, head.path, status, { requestId });
    },
    respondedTo(path, status) {
      metrics.onResponse(routeOf(path), status);
      logResponse(log, path, status);
    },
    malformed(status, reason) {
      metrics.onResponse('malformed', status);
      log.info({ route: 'malformed', status, reason }, 'response');
    },
    end(request, status, isCutOff) {
      if (!request.isForEndpoint) return;
      const { operation, errorCode } = request;
      const durationMs = Math.round((performance.now() - request.receivedAtMs) * 10) / 10;
      const isAborted = isCutOff && operation?.type !== 'subscription';
      const outcome = isAborted ? 'ABORTED' : (errorCode ?? (status < 400 ? 'ok' : `HTTP_${status}`));
      metrics.onRequest({ operation, outcome, seconds: durationMs / 1_000 });
      if (!request.isTraced) traceFailedRequest(request, outcome);
      if (!log.isLevelEnabled('info')) return;
      const facts = {
        requestId: request.requestId,
        traceId: request.traceId,
        caller: request.caller?.id ?? null,
        status,
        outcome,
        durationMs,
        lookups: request.lookups,
        cacheHits: request.cacheHits,
        failures: request.failures,
        upstreamRequests: request.upstreamRequests,
      };
      logOf(operation).info(facts, 'request');
    },
  };
}

/** Logs a response beside those of the endpoint: as `debug` where it is no failure, as most are those to probes. */
export function logResponse(
  log: Log,
  path: string,
  status: number,
  facts: Readonly<Record<string, string>> = {},
): void {
  log[status < 400 ? 'debug' : 'info']({ ...facts, route: routeOf(path), status }, 'response');
}

/** Notes the first error of each response, and returns the id of the request. Has to be the last to see a result. */
export function useRequestLog(): Plugin<object, { readonly received: RequestContext }> {
  return {
    onResultProcess({ result, serverContext: { received } }) {
      const [error] = 'errors' in result ? (result.errors ?? []) : [];
      if (error !== undefined) received.errorCode = String(error.extensions?.['code'] ?? 'UNKNOWN');
    },
    onResponse({ response, serverContext: { received } }) {
      response.headers.set('x-request-id', received.requestId);
    },
  };
}

/** Counts what requests cost, and logs for operators why BSG did not respond, and why requests were refused at once. */
export function createRequestSink(log: Log, metrics: Metrics): RequestSink {
  return {
    onRead: metrics.onRead,
    onUpstreamRequest(request, requestId) {
      metrics.onUpstreamRequest(request);
      if (request.cause !== null) log.warn({ requestId, ...request }, 'Upstream request failed.');
    },
    onRefused(error, { header, path }) {
      metrics.onResponse(routeOf(path), refusalOf(error).status);
      log.warn({ host: bounded(header('host')), origin: bounded(header('origin')) }, error.message);
    },
  };
}

/** What a caller wrote, and not more of it than anyone reads. */
function bounded(value: string | null): string | null {
  return value === null ? null : value.slice(0, MAX_LOGGED_CHARACTERS);
}
