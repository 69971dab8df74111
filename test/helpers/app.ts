/** Starts the app under test. */
import type { RequestListener, ServerResponse } from 'node:http';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type AppOptions, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import type { HttpServerOptions } from '../../src/transports/http-server.ts';
import type { SocketServer } from '../../src/transports/websocket/server.ts';
import { type Document, graphqlPost, type Result, textOf } from './http.ts';
import { expectNoSecret, expectNothingPersonal } from './secrets.ts';

/** The app under test, without a socket. */
export interface TestApp {
  /** Sends a typed document, or any text that is to be a query. */
  query<Data, Variables>(
    document: Document<Data, Variables>,
    variables?: Variables,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Result<Data>>;
  /** Sends a request as a browser or a gateway would. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** For `node:http`, where a test wants a socket. */
  readonly listener: RequestListener;
  readonly opsListener: RequestListener;
  readonly onMalformed: HttpServerOptions['onMalformed'];
  /** For `listen`, where a test wants WebSockets. */
  upgrade: SocketServer['upgrade'];
  drain(): void;
  endStreams(): void;
  closeSockets(): void;
  /** The lines of the request log. */
  requestLines(): readonly RequestLine[];
  /** The whole log. */
  log(): string;
}

/** One line of the request log. */
export interface RequestLine {
  readonly msg: string;
  readonly requestId: string;
  readonly traceId: string | null;
  readonly caller: string | null;
  readonly operation: { readonly type: string; readonly name: string | null } | null;
  readonly status: number;
  readonly outcome: string;
  readonly durationMs: number;
  readonly lookups: number;
  readonly cacheHits: number;
  readonly failures: number;
  readonly upstreamRequests: number;
}

/**
 * The app as the environment configures it, on the BSG at `baseUrl`; lives as long as the test. Its deadlines are longer
 * than any busy machine needs: a test of a timeout sets its own. Nothing that it answers may have a secret in it, and
 * nothing that it logs or counts anything personal.
 */
export function startApp(
  baseUrl: string,
  environment: Readonly<Record<string, string>> = {},
  options: AppOptions = {},
): TestApp {
  const lines: string[] = [];
  const app = createApp(
    readConfig({ BSG_API_KEY: 'live_test_key', BSG_BASE_URL: baseUrl, BSG_TIMEOUT_MS: '30000', ...environment }),
    pino({ level: 'debug' }, { write: (line: string) => lines.push(line) }),
    options,
  );
  onTestFinished(async () => {
    await app.dispose();
    expectNothingPersonal(lines.join(''));
    expectNothingPersonal(await app.registry.metrics());
  });

  const fetch: TestApp['fetch'] = async (path, init) => {
    const response = await app.fetch(`http://app${path}`, init);
    if (response.headers.get('content-type')?.includes('json')) expectNoSecret(await response.clone().text());
    return response;
  };
  return {
    fetch,
    listener(request, response) {
      scan(response);
      app.listener(request, response);
    },
    opsListener: app.opsListener,
    onMalformed: app.onMalformed,
    upgrade: app.upgrade,
    drain: app.drain,
    endStreams: app.endStreams,
    closeSockets: app.closeSockets,
    requestLines: () => lines.map((line) => JSON.parse(line) as RequestLine).filter(({ msg }) => msg === 'request'),
    log: () => lines.join(''),
    async query(document, variables, headers = {}) {
      const accept = 'application/graphql-response+json';
      const response = await fetch(
        '/graphql',
        graphqlPost({ query: textOf(document), variables }, { accept, ...headers }),
      );
      return response.json();
    },
  };
}

/** Searches everything that is sent for secrets. */
function scan(response: ServerResponse): void {
  for (const name of ['write', 'end'] as const) {
    const send = response[name].bind(response) as (...args: unknown[]) => never;
    response[name] = (...args: unknown[]) => {
      if (typeof args[0] === 'string' || args[0] instanceof Uint8Array) expectNoSecret(Buffer.from(args[0]).toString());
      return send(...args);
    };
  }
}

/** The app on a sandbox of its own, which moves with the clock that the test may have faked. */
export async function startAppOnSandbox(environment: Readonly<Record<string, string>> = {}) {
  const sandbox = await startSandbox({ port: 0 });
  onTestFinished(sandbox.close);
  return { sandbox, app: startApp(sandbox.baseUrl, environment) };
}
