import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import { refusalOf, requestError } from '../request/errors.ts';
import { etagOf } from '../request/http-caching.ts';
import type { Gate } from '../security/gate.ts';
import type { GatedContext } from '../security/http-gate.ts';
import { printClientSchema } from './index.ts';

const PATH = '/schema.graphql';

/** A response that can be sent many times. */
interface Document {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Serves the schema for clients at `/schema.graphql`, to those who may send queries. It is printed at the first request, as most
 * servers never get one.
 */
export function useSchemaDocument({ admit }: Pick<Gate, 'admit'>): Plugin<object, GatedContext> {
  let document: Document | null = null;

  async function respond(method: string, received: RequestContext): Promise<Document> {
    try {
      if (method !== 'GET' && method !== 'HEAD') throw requestError('methodNotAllowed');
      await admit(received);
      document ??= printDocument();
      return document;
    } catch (error) {
      if (error instanceof GraphQLError) return refusalOf(error);
      throw error;
    } finally {
      // The request log and the rules of HTTP caching are about operations.
      received.isForEndpoint = false;
    }
  }
  return {
    // Not async, so that GraphQL requests do not wait here.
    onRequest({ request: { method }, serverContext: { received }, endResponse, fetchAPI: { Response } }) {
      if (received.head.path !== PATH) return;
      return respond(method, received).then(({ status, headers, body }) =>
        endResponse(new Response(method === 'HEAD' ? null : body, { status, headers: { ...headers } })),
      );
    },
  };
}

function printDocument(): Document {
  const body = printClientSchema();
  const caching = { etag: etagOf(body), 'cache-control': 'private, no-cache', vary: 'Authorization' };
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', ...caching }, body };
}
