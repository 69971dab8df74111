/** The endpoints for operators: `/health`, `/ready` and `/metrics`. */
import type { RequestListener } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import { refusalOf, requestError } from '../request/errors.ts';
import { pathOf } from '../request/target.ts';
import type { MetricsText } from './metrics.ts';

/** Whether the server takes requests, and the state of what it depends on. */
export interface Readiness {
  readonly status: 'starting' | 'ready' | 'out of file descriptors' | 'draining';
  /** Such as `bsg: 'up'`. None of them makes the server not ready. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Options of {@link useOps} and {@link createOpsListener}. */
export interface OpsOptions {
  readonly readiness: () => Readiness;
  readonly registry: MetricsText;
}

/** The reader of an operations endpoint; `elsewhere`: operators have a port of their own, and this is not it. */
export type OpsReader = 'operator' | 'unauthenticated' | 'elsewhere';

interface OpsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PATHS: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics']);

/** Serves `/health`, and `/ready` and `/metrics`: to operators in full, to others whether the server is ready. */
export function useOps(
  options: OpsOptions,
  readerOf: (request: Request) => Promise<OpsReader>,
): Plugin<object, { readonly received: RequestContext }> {
  return {
    // Not async, so that GraphQL requests do not wait here.
    onRequest({ request, serverContext: { received }, endResponse, fetchAPI: { Response } }) {
      const { path } = received.head;
      if (!PATHS.has(path)) return;
      return readerOf(request)
        .then((reader) => respond(path, reader, options))
        .then(({ status, headers, body }) => endResponse(new Response(body, { status, headers: { ...headers } })));
    },
  };
}

/** Serves the same in full, on a port of its own, and reports each response. */
export function createOpsListener(
  options: OpsOptions,
  onResponse: (path: string, status: number) => void,
): RequestListener {
  return ({ url = '' }, response) => {
    const path = pathOf(url);
    void respond(path, 'operator', options).then(({ status, headers, body }) => {
      onResponse(path, status);
      response.writeHead(status, headers).end(body);
    });
  };
}

async function respond(path: string, reader: OpsReader, { readiness, registry }: OpsOptions): Promise<OpsResponse> {
  if (path === '/health') return json(200, { status: 'alive' });
  if (path === '/ready') {
    const { status, parts } = readiness();
    return json(status === 'ready' ? 200 : 503, reader === 'operator' ? { status, ...parts } : { status });
  }
  if (path !== '/metrics' || reader === 'elsewhere') return refusalOf(requestError('notFound'));
  if (reader === 'unauthenticated') return refusalOf(requestError('tokenMissing'));
  return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
}

function json(status: number, body: object): OpsResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
