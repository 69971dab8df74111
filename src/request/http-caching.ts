import { createHash } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { cacheControlOf, NO_STORE, STREAM } from './cache-control.ts';
import type { RequestContext } from './context.ts';

const STREAM_TYPE = /^(?:text\/event-stream|multipart\/mixed)/;

/** What is hashed of a body: 128 bits. */
const ETAG_CHARACTERS = 22;

/**
 * Sets the HTTP caching headers of the endpoint: `Cache-Control` and `Vary`, and for GET an `ETag` where the response may be
 * cached. Responds 304 where `If-None-Match` has that.
 *
 * @param variesByCaller Whether callers are authenticated.
 */
export function useHttpCaching(variesByCaller: boolean): Plugin<object, { readonly received: RequestContext }> {
  const vary = variesByCaller ? 'Accept, Authorization' : 'Accept';
  return {
    // Not async, so that responses to POST do not wait here.
    onResponse({ request, response, setResponse, fetchAPI, serverContext: { received } }) {
      if (!received.isForEndpoint) return;
      const cacheControl = cacheControlFor(received, response);
      response.headers.set('cache-control', cacheControl);
      // nginx buffers responses unless they say otherwise: no event would arrive before the end of the stream.
      if (cacheControl === STREAM) response.headers.set('x-accel-buffering', 'no');
      response.headers.append('vary', vary);
      if (request.method !== 'GET' || !cacheControl.startsWith('private')) return;
      return withETag(response, request.headers.get('if-none-match'), fetchAPI.Response).then(setResponse);
    },
  };
}

function cacheControlFor({ reads, errorCode, operation }: RequestContext, { status, headers }: Response): string {
  if (STREAM_TYPE.test(headers.get('content-type') ?? '')) return STREAM;
  if (operation === null) return NO_STORE;
  const hasErrors = status !== 200 || errorCode !== null;
  return cacheControlOf({ reads, hasErrors, isPersonal: operation.selectsPersonal }, Date.now());
}

/** The response with its validator; 304 without a body where the client has it already. */
async function withETag(
  response: Response,
  ifNoneMatch: string | null,
  Response: typeof globalThis.Response,
): Promise<Response> {
  const body = await response.text();
  const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARACTERS)}"`;
  response.headers.set('etag', etag);
  if (!matches(ifNoneMatch, etag)) return new Response(body, response);
  response.headers.delete('content-type');
  response.headers.delete('content-length');
  return new Response(null, { status: 304, headers: response.headers });
}

/** Weak comparison, as RFC 9110 has it for `If-None-Match`: a proxy may have made the validator weak or strong. */
function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  const digest = etag.slice('W/'.length);
  return ifNoneMatch.split(',').some((each) => ['*', digest, etag].includes(each.trim()));
}
