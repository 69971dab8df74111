/** The fast path: answers queries seen before on node's own request and response, in front of Yoga. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { monotonicNow } from '../monotonic-clock.ts';
import { traceOperation, traceStoredOperation } from '../ops/tracing.ts';
import { cacheControlOf } from '../request/cache-control.ts';
import type { RequestContext } from '../request/context.ts';
import { matchesETag, notModified } from '../request/http-caching.ts';
import { fillOperation } from '../request/operation.ts';
import type { ResponseHeaders, ResponseStore, StoredResponse } from '../response-cache/store.ts';
import { isStorable } from '../response-cache/validity.ts';
import type { QueryCompiler } from '../schema/compile.ts';
import type { Context } from '../schema/context.ts';
import type { DocumentCache } from '../schema/document-cache.ts';
import { validateVariables } from '../schema/request-errors.ts';
import { charge } from '../security/cost-limits.ts';
import type { AdmittedRequest } from '../security/gate.ts';
import type { Enter, Entered } from '../security/http-gate.ts';
import { assertWithinLimit, type RateLimit } from '../security/rate-limit.ts';
import { type Known, type PassedOnContext, useFastPath } from './plugin.ts';
import { createPreparedQueries, type PreparedQuery } from './prepared-queries.ts';
import { type QueryRequest, readQueryRequest } from './query-request.ts';
import { headKey, requestKey } from './request-key.ts';

/** Options of {@link createFastPath}. */
export interface FastPathOptions {
  readonly enter: Enter;
  readonly schema: GraphQLSchema;
  readonly contextOf: (request: AdmittedRequest) => Context;
  readonly compiler: Pick<QueryCompiler, 'find'>;
  readonly documents: Pick<DocumentCache, 'get'>;
  /** Null: no responses are stored. */
  readonly responses: ResponseStore | null;
  /** Lookups that one operation may request. */
  readonly maxCost: number;
  /** Null: none. */
  readonly rateLimit: RateLimit | null;
  /** Called for each POST without a stored response. */
  readonly onQueryLookup: (isPrepared: boolean) => void;
}

/** A request that Yoga goes on with. */
export interface PassedOn {
  /** The admitted request, or the error to send: refused by the gate, over the rate limit, or unexpected. */
  readonly entered: Entered | Error;
  readonly known: Known;
}

/** Serves what it can in place of Yoga. */
export interface FastPath {
  /**
   * Takes a request through the gate, and responds if a valid response is stored or its query is prepared: authenticated, charged,
   * counted, logged and traced like any other. Resolves to null then; else to what Yoga goes on from.
   */
  serve(request: IncomingMessage, response: ServerResponse, received: RequestContext): Promise<PassedOn | null>;
  /** Teaches it what Yoga responds. */
  readonly plugin: Plugin<PassedOnContext, PassedOnContext>;
}

const NOTHING_KNOWN: Known = { responseKey: null, queryKey: null, result: null };

/** A fast path. It serves nothing until its plugin has seen Yoga respond. */
export function createFastPath(options: FastPathOptions): FastPath {
  const { enter, schema, contextOf, compiler, documents, responses, maxCost, rateLimit, onQueryLookup } = options;
  const preparedQueries = createPreparedQueries(documents.get);

  /** Resolves to whether it was sent. */
  async function sendStored(
    key: string,
    stored: StoredResponse,
    response: ServerResponse,
    request: AdmittedRequest,
  ): Promise<boolean> {
    request.operation = stored.operation;
    assertWithinLimit(await charge(rateLimit, request, stored.cost));
    // Only now, as statuses may have changed while the rate limiter was waited for.
    if (!responses?.validate(key, stored)) return false;
    for (const read of stored.reads) request.onRead(read);
    traceStoredOperation(request);
    const headers = headersOf(stored.headers, request);
    if (headers['etag'] !== undefined && matchesETag(request.head.header('if-none-match'), headers['etag']))
      response.writeHead(304, notModified(headers)).end();
    else response.writeHead(200, headers).end(stored.body, 'latin1');
    return true;
  }

  /** Resolves to null where the query cannot run here; Yoga then finds out why, and reports it. */
  async function runPrepared(
    { document }: PreparedQuery,
    { operationName, variables }: QueryRequest,
    request: AdmittedRequest,
  ): Promise<ExecutionResult | null> {
    if (validateVariables(variables) !== null) return null;
    fillOperation(request, { schema, document, operationName, variableValues: variables });
    if (request.cost > maxCost) return null;
    const run = compiler.find(request);
    if (run === null) return null;
    assertWithinLimit(await charge(rateLimit, request, request.cost));
    return traceOperation(request, () => run(contextOf(request)));
  }

  function sendResult(
    result: ExecutionResult,
    query: PreparedQuery,
    responseKey: string,
    response: ServerResponse,
    request: AdmittedRequest,
  ): void {
    const text = JSON.stringify(result);
    const headers = { ...query.headers, 'content-length': `${Buffer.byteLength(text)}` };
    if (isStorable(request)) responses?.set(responseKey, { request, text, headers });
    response.writeHead(200, headersOf(headers, request)).end(text);
  }

  async function serveEntered(
    request: IncomingMessage,
    response: ServerResponse,
    entered: Entered,
  ): Promise<PassedOn | null> {
    const { admitted, body } = entered;
    const head = headKey(request, admitted.maySeePersonal);
    const responseKey = requestKey(head, body);
    // A long one is neither stored nor prepared.
    if (responseKey === null) return { entered, known: NOTHING_KNOWN };
    const stored = responses?.find(responseKey) ?? null;
    if (stored !== null && (await sendStored(responseKey, stored, response, admitted))) return null;

    const queryRequest = body === null ? null : readQueryRequest(head, body);
    if (queryRequest === null) return { entered, known: { ...NOTHING_KNOWN, responseKey } };
    const query = preparedQueries.find(queryRequest.key);
    onQueryLookup(query !== null);
    const result = query === null ? null : await runPrepared(query, queryRequest, admitted);
    if (query === null || result === null || result.errors !== undefined)
      return { entered, known: { responseKey, queryKey: queryRequest.key, result } };
    sendResult(result, query, responseKey, response, admitted);
    return null;
  }

  return {
    async serve(request, response, received) {
      try {
        const entered = await enter(received, request);
        return await serveEntered(request, response, entered);
      } catch (error) {
        if (response.headersSent || !(error instanceof Error)) throw error;
        return { entered: error, known: NOTHING_KNOWN };
      }
    },
    plugin: useFastPath({ compiler, preparedQueries, responses }),
  };
}

/** The headers of a response as they are at this moment. */
function headersOf(headers: ResponseHeaders, { reads, requestId, operation }: AdmittedRequest): Record<string, string> {
  const isPersonal = operation?.selectsPersonal ?? true;
  const cacheControl = cacheControlOf({ reads, hasErrors: false, isPersonal }, monotonicNow());
  return { ...headers, 'cache-control': cacheControl, 'x-request-id': requestId };
}
