import type { RequestListener } from 'node:http';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';
import { onTestFinished } from 'vitest';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { startSandbox } from '../../src/sandbox/server.ts';

/** What a GraphQL request came to. */
export interface Result<Data> {
  readonly data: Data;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** The app under test, without a socket. */
export interface TestApp {
  /** Sends a typed document, or any text that is to be a query. */
  query<Data, Variables>(
    document: TypedDocumentNode<Data, Variables> | string,
    variables?: Variables,
  ): Promise<Result<Data>>;
  /** Sends a request as a browser or a gateway would. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** For `node:http`, where a test wants a socket. */
  readonly listener: RequestListener;
}

/** The app as the environment configures it, asking the upstream at `baseUrl`; lives as long as the test. */
export function startApp(baseUrl: string, environment: Readonly<Record<string, string>> = {}): TestApp {
  const app = createApp(
    readConfig({
      BSG_API_KEY: 'live_test_key',
      BSG_BASE_URL: baseUrl,
      BSG_TIMEOUT_MS: '5000',
      LOG_LEVEL: 'silent',
      ...environment,
    }),
  );
  onTestFinished(app.dispose);
  const fetch: TestApp['fetch'] = (path, init) => app.fetch(`http://app${path}`, init);
  return {
    fetch,
    listener: app.listener,
    async query(document, variables) {
      const query = typeof document === 'string' ? document : print(document);
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    },
  };
}

/** The app on a sandbox of its own, which moves with the clock that the test may have faked. */
export async function startAppOnSandbox() {
  const sandbox = await startSandbox({ port: 0 });
  onTestFinished(sandbox.close);
  return { sandbox, app: startApp(sandbox.baseUrl) };
}
