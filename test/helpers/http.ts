/** HTTP and GraphQL requests of tests. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type GraphQLFormattedError, print } from 'graphql';
import { createClient } from 'graphql-sse';
import { onTestFinished } from 'vitest';
import { createHttpServer, type HttpServerOptions } from '../../src/transports/http-server.ts';

/** A document with its types, or the text of any query. */
export type Document<Data, Variables> = TypedDocumentNode<Data, Variables> | string;

/** Headers by their names. */
export type Headers = Readonly<Record<string, string>>;

/** The result of a GraphQL request. */
export interface Result<Data> {
  readonly data: Data;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Events of one subscription, as `graphql-sse` receives them. */
export interface Subscription<Data> {
  /** The data of the next event, or null when the stream is complete. Rejects when it is cut off. */
  next(): Promise<Data | null>;
  /** All events up to the end. */
  rest(): Promise<Data[]>;
  /** Leaves, as a closed tab does. */
  leave(): void;
}

/**
 * Starts a server on a free port of loopback for as long as the test lives. Returns its address, without a slash at the end.
 *
 * @param app What else the server does. @default it accepts no WebSockets, and reports no malformed requests
 */
export async function listen(listener: RequestListener, app: Partial<HttpServerOptions> = {}): Promise<string> {
  const server = createHttpServer({ onMalformed: () => {}, ...app, listener });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port that is free, for a server that stops and starts again on it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The text of a document. */
export function textOf<Data, Variables>(document: Document<Data, Variables>): string {
  return typeof document === 'string' ? document : print(document);
}

/** Options of `fetch` for a GraphQL request by POST: its parameters, or any text as its body. */
export function graphqlPost(params: object | string, headers: Headers = {}) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof params === 'string' ? params : JSON.stringify(params),
  };
}

/** Sends a query to the server at this address, of whatever path. */
export async function queryAt<Data>(address: string, params: object, headers?: Headers): Promise<Result<Data>> {
  const response = await fetch(new URL('/graphql', address), graphqlPost(params, headers));
  return response.json();
}

/** Subscribes with the client that front ends use; ends with the test at the latest. */
export function subscribe<Data, Variables extends Record<string, unknown>>(
  address: string,
  document: Document<Data, Variables>,
  variables?: Variables,
  headers: Headers = {},
): Subscription<Data> {
  const client = createClient({ url: new URL('/graphql', address).href, retryAttempts: 0, headers: { ...headers } });
  const events = client.iterate<Data>({ query: textOf(document), ...(variables && { variables }) });
  onTestFinished(() => client.dispose());

  async function next(): Promise<Data | null> {
    const { done, value } = await events.next();
    if (done) return null;
    const { data, errors } = value as Result<Data>;
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  }
  return {
    next,
    async rest() {
      const data: Data[] = [];
      for (let event = await next(); event !== null; event = await next()) data.push(event);
      return data;
    },
    leave: () => client.dispose(),
  };
}
