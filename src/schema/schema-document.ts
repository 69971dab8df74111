import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import { refusalOf, requestError } from '../request/errors.ts';
import type { Gate } from '../security/gate.ts';
import type { GatedContext } from '../security/http-gate.ts';
import { printClientSchema } from './index.ts';

const PATH = '/schema.graphql';

/** The schema for clients, printed once. */
interface Document {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

/**
 * Serves the schema for clients at `/schema.graphql`, to those who may send queries. It is printed at the first request, as most
 * servers never get one.
 */
export function useSchemaDocument({ admit }: Pick<Gate, 'admit'>): Plugin<object, GatedContext> {
  let document: Document | null = null;

  async function respond(request: Request, received: RequestContext, Response: typeof globalThis.Response) {
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') throw requestError('methodNotAllowed');
      await admit(received);
      document ??= createDocument();
      return responseOf(request, document, Response);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { status, headers, body } = refusalOf(error);
      return new Response(body, { status, headers: { ...headers } });
    } finally {
      // The request log and the rules of HTTP caching are about operations.
      received.isForEndpoint = false;
    }
  }
  return {
    // Not async, so that GraphQL requests do not wait here.
    onRequest({ request, url, serverContext: { received }, endResponse, fetchAPI: { Response } }) {
      if (url.pathname !== PATH) return;
      return respond(request, received, Response).then(endResponse);
    },
  };
}

function createDocument(): Document {
  const text = printClientSchema();
  const etag = `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const caching = { etag, 'cache-control': 'private, no-cache', vary: 'Authorization' };
  return { text, etag, headers: { 'content-type': 'text/plain; charset=utf-8', ...caching } };
}

function responseOf(request: Request, { text, headers, etag }: Document, Response: typeof globalThis.Response) {
  // A proxy that compresses may have changed the validator around the digest.
  const isKnown = request.headers.get('if-none-match')?.includes(etag.slice('W/'.length)) ?? false;
  if (isKnown) return new Response(null, { status: 304, headers: { ...headers } });
  return new Response(request.method === 'HEAD' ? null : text, { headers: { ...headers } });
}
