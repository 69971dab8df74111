/** The HTTP caching headers of the endpoint. */
import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { monotonicNow } from '../monotonic-clock.ts';
import { cacheControlOf, NO_STORE, STREAM } from './cache-control.ts';
import type { RequestContext } from './context.ts';

const STREAM_TYPE = /^(?:text\/event-stream|multipart\/mixed)/;

/** What is hashed of a body: 128 bits. */
const ETAG_CHARACTERS = 22;

/**
 * Sets the HTTP caching headers of the endpoint: `Cache-Control` and `Vary`, and for GET an `ETag` where the response may be
 * cached.
 *
 * @param variesByCaller Whether callers are authenticated.
 */
export function useHttpCaching(variesByCaller: boolean): Plugin<object, { readonly received: RequestContext }> {
  const vary = variesByCaller ? 'Accept, Authorization' : 'Accept';
  return {
    // Not async, so that responses to POST do not wait here.
    onResponse({ request, response, serverContext: { received } }) {
      if (!received.isForEndpoint) return;
      const cacheControl = cacheControlFor(received, response);
      response.headers.set('cache-control', cacheControl);
      // nginx buffers responses unless they say otherwise: no event would arrive before the end of the stream.
      if (cacheControl === STREAM) response.headers.set('x-accel-buffering', 'no');
      response.headers.append('vary', vary);
      if (request.method !== 'GET' || !cacheControl.startsWith('private')) return;
      return response
        .clone()
        .text()
        .then((body) => response.headers.set('etag', etagOf(body)));
    },
  };
}

/** Responds 304 without a body where the client has the response already (`If-None-Match`). */
export function useNotModified(): Plugin {
  return {
    onResponse({ request, response, setResponse, fetchAPI: { Response } }) {
      const etag = response.headers.get('etag');
      if (etag === null || !matchesETag(request.headers.get('if-none-match'), etag)) return;
      setResponse(new Response(null, { status: 304, headers: notModified(Object.fromEntries(response.headers)) }));
    },
  };
}

/** The headers of a 304 in place of a response with these. */
export function notModified({
  'content-type': _type,
  'content-length': _length,
  ...headers
}: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}

/** Weak comparison, as RFC 9110 has it for `If-None-Match`: a proxy may have made the validator weak or strong. */
export function matchesETag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const digest = etag.slice('W/'.length);
  return ifNoneMatch.split(',').some((each) => ['*', digest, etag].includes(each.trim()));
}

function cacheControlFor({ reads, errorCode, operation }: RequestContext, { status, headers }: Response): string {
  if (STREAM_TYPE.test(headers.get('content-type') ?? '')) return STREAM;
  if (operation === null) return NO_STORE;
  const hasErrors = status !== 200 || errorCode !== null;
  return cacheControlOf({ reads, hasErrors, isPersonal: operation.selectsPersonal }, monotonicNow());
}

/** A weak validator: the digest of the body. */
export function etagOf(body: string): string {
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARACTERS)}"`;
}
