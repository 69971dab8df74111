import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { MetricsText } from './metrics.ts';

/** Whether the server can take requests, and how what it depends on is. */
export interface Readiness {
  readonly status: 'starting' | 'ready' | 'draining';
  /** Such as `bsg: 'up'`. None of them takes the server out of service. */
  readonly parts: Readonly<Record<string, string>>;
}

/** What operators are told. */
export interface OpsOptions {
  readonly readiness: () => Readiness;
  readonly registry: MetricsText;
}

/** Who asks, on the port of the endpoint; `elsewhere`: whoever it is, operators ask on a port of their own. */
export type OpsReader = 'operator' | 'unauthenticated' | 'elsewhere';

interface OpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers `/ready` and `/metrics`: to operators in full, to others whether the server is ready. */
export function useOps(options: OpsOptions, readerOf: (request: Request) => Promise<OpsReader>): Plugin {
  return {
    // Not async: what is on its way to the endpoint does not wait here.
    onRequest({ request, url: { pathname }, endResponse, fetchAPI: { Response } }) {
      if (pathname !== '/ready' && pathname !== '/metrics') return;
      return readerOf(request)
        .then((reader) => answerOps(pathname, reader, options))
        .then(({ status, headers, body }) => endResponse(new Response(body, { status, headers: { ...headers } })));
    },
  };
}

/** The same, in full, and `/health`, for a port of its own. */
export function createOpsListener(options: OpsOptions): (request: IncomingMessage, response: ServerResponse) => void {
  return ({ url = '' }, response) => {
    void answerOps(url.replace(/\?.*/, ''), 'operator', options).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(body);
    });
  };
}

async function answerOps(path: string, reader: OpsReader, { readiness, registry }: OpsOptions): Promise<OpsAnswer> {
  if (path === '/health') return json(200, { status: 'alive' });
  if (path === '/ready') {
    const { status, parts } = readiness();
    return json(status === 'ready' ? 200 : 503, reader === 'operator' ? { status, ...parts } : { status });
  }
  if (path !== '/metrics' || reader === 'elsewhere') return { status: 404, headers: {}, body: '' };
  if (reader === 'unauthenticated') return { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: '' };
  try {
    return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
  } catch {
    // A worker that ends, or hangs, does not tell its part in time. The next scrape may do better.
    return { status: 503, headers: {}, body: 'The metrics cannot be had for now.' };
  }
}

function json(status: number, body: object): OpsAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
