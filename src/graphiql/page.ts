import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Plugin } from 'graphql-yoga';
import { EXAMPLES } from './examples.ts';

/** The page, rendered and compressed once. */
interface Page {
  readonly html: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/**
 * Serves GraphiQL to browsers that open the endpoint, and redirects them there from `/`. The page is self-contained and so 9 MB:
 * it is rendered and compressed at the first visit, and revalidated by its ETag (304).
 * @param needsToken Whether the headers of each tab have a placeholder for a bearer token.
 */
export function useGraphiQLPage(endpoint: string, needsToken: boolean): Plugin {
  let page: Promise<Page> | null = null;

  async function respondWithPage(request: Request, Response: typeof globalThis.Response): Promise<Response> {
    page ??= renderPage(needsToken ? TOKEN_HEADER : '');
    try {
      return responseOf(request, await page, Response);
    } catch {
      // The next visit tries again: during an installation the package is missing for a moment.
      page = null;
      return new Response('GraphiQL is unavailable: its package is not installed.', { status: 503 });
    }
  }
  return {
    // Not async, so that every other request passes without a delay.
    onRequest({ request, url, endResponse, fetchAPI: { Response } }) {
      if (request.method !== 'GET' || !request.headers.get('accept')?.includes('text/html')) return;
      if (url.pathname === '/') endResponse(new Response(null, { status: 302, headers: { location: endpoint } }));
      if (url.pathname !== endpoint && url.pathname !== `${endpoint}/`) return;
      return respondWithPage(request, Response).then(endResponse);
    },
  };
}

/**
 * Keeps tabs in place: GraphiQL leaves the tabs that it opens with shifted, and a tab that gets the focus jumps back from under
 * the pointer, so that it is never clicked.
 */
const TABS_STAY = '<style>.graphiql-tab { transform: none !important; }</style>';

/** Headers of a tab, as JSON text. */
const TOKEN_HEADER = '{\n  "Authorization": "Bearer your-token"\n}\n';

async function renderPage(headers: string): Promise<Page> {
  // Loaded at the first visit, as most servers never render the page.
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

function responseOf(request: Request, { html, gzipped, etag }: Page, Response: typeof globalThis.Response) {
  const headers = { etag, 'cache-control': 'no-cache', vary: 'accept, accept-encoding' };
  // A proxy that recompresses may have changed the validator around the digest.
  if (request.headers.get('if-none-match')?.includes(etag.slice('W/'.length)))
    return new Response(null, { status: 304, headers });

  const page = { ...headers, 'content-type': 'text/html; charset=utf-8' };
  const acceptsGzip = request.headers.get('accept-encoding')?.includes('gzip') ?? false;
  return acceptsGzip
    ? new Response(gzipped, { headers: { ...page, 'content-encoding': 'gzip' } })
    : new Response(html, { headers: page });
}
