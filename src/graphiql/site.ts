import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readFiles } from './files.ts';

type Responder = typeof globalThis.Response;

/** Responses with the page and its files. */
export interface Site {
  /** Responds with the page, or with 304 where the browser has it. */
  document(request: Request, Response: Responder): Response;
  /**
   * Responds with a file of the page.
   * @param path Version and name, such as `Xl3_9w/page.js`.
   */
  asset(request: Request, path: string, Response: Responder): Response;
}

/** One file, as it is sent. */
interface File {
  readonly type: string;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/**
 * What the page may load and do: its own files, and requests to its own server. The editor writes style elements. A site that
 * shows the page in a frame could make a visitor press its buttons.
 */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "connect-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    'font-src data:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  // The address may have a query and headers in it.
  'referrer-policy': 'no-referrer',
};

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

/** Loads the files of the page. */
export async function createSite(needsToken: boolean): Promise<Site> {
  const contents = await readFiles();
  const version = digestOf(...contents.values());
  const files = new Map(
    [...contents].map(([name, gzipped]) => [name, fileOf(TYPES[name.replace(/.*\./, '')], gzipped)]),
  );
  const page = fileOf('text/html; charset=utf-8', gzipSync(htmlOf(version, needsToken)));
  return {
    document: (request, Response) => responseWith(page, request, 'no-cache', Response),
    asset(request, path, Response) {
      const [requested, name = ''] = path.split('/');
      const file = files.get(name);
      if (file === undefined) return new Response(null, { status: 404 });
      // During a rollout a browser may have the page of another version: it gets the file of this one, and keeps it for no longer.
      return responseWith(
        file,
        request,
        requested === version ? 'public, max-age=31536000, immutable' : 'no-cache',
        Response,
      );
    },
  };
}

/** The page. Its addresses are relative, as a proxy may serve the endpoint under another path. */
const htmlOf = (version: string, needsToken: boolean) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>BSG GraphQL</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="graphql/assets/${version}/page.css">
    <script type="module" src="graphql/assets/${version}/page.js"></script>
  </head>
  <body>
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root" data-needs-token="${needsToken}"></div>
  </body>
</html>
`;

function digestOf(...contents: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(content);
  return hash.digest('base64url').slice(0, 22);
}

const fileOf = (type = 'application/octet-stream', gzipped: Uint8Array<ArrayBuffer>): File => ({
  type,
  gzipped,
  etag: `W/"${digestOf(gzipped)}"`,
});

function responseWith(
  { type, gzipped, etag }: File,
  request: Request,
  cacheControl: string,
  Response: Responder,
): Response {
  const headers = { ...SECURITY_HEADERS, etag, 'cache-control': cacheControl, vary: 'accept, accept-encoding' };
  // A proxy that recompresses may have changed the validator around the digest.
  if (request.headers.get('if-none-match')?.includes(etag.slice('W/'.length)))
    return new Response(null, { status: 304, headers });

  const acceptsGzip = request.headers.get('accept-encoding')?.includes('gzip') ?? false;
  return acceptsGzip
    ? new Response(gzipped, { headers: { ...headers, 'content-type': type, 'content-encoding': 'gzip' } })
    : new Response(gunzipSync(gzipped), { headers: { ...headers, 'content-type': type } });
}
