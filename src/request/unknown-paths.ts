import type { Plugin } from 'graphql-yoga';
import { refusalOf, requestError } from './errors.ts';

/** Responds 404 to requests for paths that nothing has taken before. */
export function useUnknownPaths(endpoint: string): Plugin {
  return {
    onRequest({ url: { pathname }, endResponse, fetchAPI: { Response } }) {
      if (pathname === endpoint || pathname === `${endpoint}/`) return;
      const { status, headers, body } = refusalOf(requestError('notFound'));
      endResponse(new Response(body, { status, headers: { ...headers } }));
    },
  };
}
