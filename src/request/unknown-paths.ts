import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from './context.ts';
import { refusalOf, requestError } from './errors.ts';

/** Responds 404 to requests for paths that nothing has taken before. */
export function useUnknownPaths(endpoint: string): Plugin<object, { readonly received: RequestContext }> {
  return {
    onRequest({ serverContext: { received }, endResponse, fetchAPI: { Response } }) {
      const { path } = received.head;
      if (path === endpoint || path === `${endpoint}/`) return;
      const { status, headers, body } = refusalOf(requestError('notFound'));
      endResponse(new Response(body, { status, headers: { ...headers } }));
    },
  };
}
