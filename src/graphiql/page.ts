import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { EXAMPLES } from './examples.ts';

/** The page, made once. */
interface Page {
  readonly html: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/**
 * Gives GraphiQL to browsers that open the endpoint, and sends them there from `/`. The page is whole: it loads nothing
 * from anywhere, so it is 9 MB; it is made and compressed at the first visit, and a browser that has it is told so by 304. Where
 * callers need a token, the headers of each tab have a place for it.
 */
export function useGraphiQLPage(endpoint: string, asksForToken: boolean): Plugin {
  let page: Promise<Page> | null = null;

  async function answer(request: Request, Response: typeof globalThis.Response): Promise<Response> {
    page ??= makePage(asksForToken ? TOKEN_HEADER : '');
    try {
      return respond(request, await page, Response);
    } catch {
      // The next visit tries again: a package that is being installed anew is there a moment later.
      page = null;
      return new Response('GraphiQL cannot be shown: its package is not installed.', { status: 503 });
    }
  }
  return {
    // Not async: what is no visit does not wait here.
    onRequest({ request, url, endResponse, fetchAPI: { Response } }) {
      if (request.method !== 'GET' || !request.headers.get('accept')?.includes('text/html')) return;
      if (url.pathname === '/') endResponse(new Response(null, { status: 302, headers: { location: endpoint } }));
      if (url.pathname !== endpoint && url.pathname !== `${endpoint}/`) return;
      return answer(request, Response).then(endResponse);
    },
  };
}

/**
 * A pressed tab jumps away from under the pointer, so that no click ever reaches it: GraphiQL leaves the tabs it opens with
 * shifted, and hides that only from those that have no focus.
 */
const TABS_STAY = '<style>.graphiql-tab { transform: none !important; }</style>';

/** JSON. */
const TOKEN_HEADER = '{\n  "Authorization": "Bearer your-token"\n}\n';

async function makePage(headers: string): Promise<Page> {
  // Loaded at the first visit: a server that nobody opens in a browser need not hold it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'BSG GraphQL',
    defaultTabs: EXAMPLES.map(({ query, variables = '' }) => ({ query, variables, headers })),
    headers,
    defaultHeaders: headers,
  }).replace('</head>', `${TABS_STAY}</head>`);
  const etag = `W/"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`;
  return { html: new TextEncoder().encode(html), gzipped: await promisify(gzip)(html), etag };
}

function respond(request: Request, { html, gzipped, etag }: Page, Response: typeof globalThis.Response) {
  const headers = { etag, 'cache-control': 'no-cache', vary: 'accept, accept-encoding' };
  // A proxy that compresses anew may have made another validator of it, around the same digest.
  if (request.headers.get('if-none-match')?.includes(etag.slice('W/'.length)))
    return new Response(null, { status: 304, headers });

  const page = { ...headers, 'content-type': 'text/html; charset=utf-8' };
  const takesGzip = request.headers.get('accept-encoding')?.includes('gzip') ?? false;
  return takesGzip
    ? new Response(gzipped, { headers: { ...page, 'content-encoding': 'gzip' } })
    : new Response(html, { headers: page });
}
