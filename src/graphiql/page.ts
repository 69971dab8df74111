import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import { createSite, type Site } from './site.ts';

/**
 * Serves GraphiQL to browsers that open the endpoint, and redirects them there from `/`. The page needs no other host: its files
 * are below the endpoint, in `assets/`. They are loaded at the first visit.
 * @param needsToken Whether the page has a field for a bearer token.
 */
export function useGraphiQLPage(
  endpoint: string,
  needsToken: boolean,
): Plugin<object, { readonly received: RequestContext }> {
  const assets = `${endpoint}/assets/`;
  let site: Promise<Site> | null = null;

  async function respond(Response: typeof globalThis.Response, choose: (site: Site) => Response): Promise<Response> {
    site ??= createSite(needsToken);
    try {
      return choose(await site);
    } catch {
      // The next visit tries again: during an installation the files are missing for a moment.
      site = null;
      return new Response('GraphiQL is unavailable: its files are not installed.', { status: 503 });
    }
  }
  return {
    // Not async, so that every other request passes without a delay.
    onRequest({ request, url, serverContext: { received }, endResponse, fetchAPI: { Response } }) {
      if (request.method !== 'GET') return;
      const { path } = received.head;
      if (path.startsWith(assets)) {
        const name = path.slice(assets.length);
        return respond(Response, (site) => site.asset(request, name, Response)).then(endResponse);
      }
      if (!request.headers.get('accept')?.includes('text/html')) return;
      if (path === endpoint) return respond(Response, (site) => site.document(request, Response)).then(endResponse);

      // Relative where it can be, as a proxy may serve the endpoint under another path.
      const location = path === '/' ? endpoint : path === `${endpoint}/` ? `..${endpoint}` : null;
      if (location === null) return;
      return endResponse(new Response(null, { status: 302, headers: { location: location + url.search } }));
    },
  };
}
