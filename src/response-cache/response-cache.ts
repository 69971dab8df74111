/** The response cache: serves stored responses on node's own request and response, in front of Yoga. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { monotonicNow } from '../monotonic-clock.ts';
import { traceStoredOperation } from '../ops/tracing.ts';
import { cacheControlOf } from '../request/cache-control.ts';
import type { RequestContext } from '../request/context.ts';
import { requestError } from '../request/errors.ts';
import { matchesETag, notModified } from '../request/http-caching.ts';
import { charge } from '../security/cost-limits.ts';
import type { AdmittedRequest } from '../security/gate.ts';
import type { Enter, Entered } from '../security/http-gate.ts';
import type { RateLimit } from '../security/rate-limit.ts';
import { requestKey } from './request-key.ts';
import type { ResponseStore, StoredResponse } from './store.ts';

/** Options of {@link createResponseCache}. */
export interface ResponseCacheOptions {
  readonly store: ResponseStore;
  readonly enter: Enter;
  /** Null: none. */
  readonly rateLimit: RateLimit | null;
}

/** Serves what it can in place of Yoga. */
export interface ResponseCache {
  /**
   * Takes a request through the gate, and responds if a valid response is stored: authenticated, charged, counted, logged and
   * traced like any other. Resolves to null then; else to what Yoga goes on from, which is an error where one is to be sent.
   */
  serve(request: IncomingMessage, response: ServerResponse, received: RequestContext): Promise<Entered | Error | null>;
}

/** A response cache on a store, which `useResponseStore` fills. */
export function createResponseCache({ store, enter, rateLimit }: ResponseCacheOptions): ResponseCache {
  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    received: RequestContext,
  ): Promise<Entered | null> {
    const { admitted, body } = await enter(received, request);
    const key = requestKey(request, body, admitted.maySeePersonal);
    const stored = key === null ? null : store.find(key);
    if (key === null || stored === null) return { admitted, body, key };
    admitted.operation = stored.operation;
    const retryAfter = await charge(rateLimit, admitted, stored.cost);
    if (retryAfter !== null) throw requestError('rateLimited', { retryAfter });
    // Only now, as statuses may have changed while the rate limiter was waited for.
    if (!store.validate(key, stored)) return { admitted, body, key };
    for (const read of stored.reads) admitted.onRead(read);
    traceStoredOperation(admitted);
    send(response, stored, admitted);
    return null;
  }
  return {
    serve: (request, response, received) => serve(request, response, received).catch((error: Error) => error),
  };
}

function send(response: ServerResponse, { body, headers, operation }: StoredResponse, request: AdmittedRequest): void {
  const { reads, requestId, head } = request;
  const cacheControl = cacheControlOf(
    { reads, hasErrors: false, isPersonal: operation.selectsPersonal },
    monotonicNow(),
  );
  const current = { ...headers, 'cache-control': cacheControl, 'x-request-id': requestId };
  if (headers['etag'] !== undefined && matchesETag(head.header('if-none-match'), headers['etag']))
    response.writeHead(304, notModified(current)).end();
  else response.writeHead(200, current).end(body, 'latin1');
}
