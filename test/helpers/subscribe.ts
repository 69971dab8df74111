import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import { onTestFinished } from 'vitest';
import type { Result } from './app.ts';

/** Events of one subscription, as `graphql-sse` receives them. */
export interface Subscription<Data> {
  /** The data of the next event, or null when the stream is complete. Rejects when it is cut off. */
  next(): Promise<Data | null>;
  /** All events up to the end. */
  rest(): Promise<Data[]>;
  /** Leaves, as a closed tab does. */
  leave(): void;
}

/** Subscribes with the client that front ends use; ends with the test at the latest. */
export function subscribe<Data, Variables extends Record<string, unknown>>(
  address: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Subscription<Data> {
  const client = createClient({
    url: `${address}/graphql`,
    retryAttempts: 0,
  });
  const events = client.iterate<Data>({ query: print(document), variables });
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
