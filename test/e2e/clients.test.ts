import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { print } from 'graphql';
import { createClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { graphql } from '../gql/index.ts';
import { startApp } from '../helpers/app.ts';
import { sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';

const Seen = graphql(`
  subscription Seen($ids: [ID!]) {
    smsUpdates(ids: $ids) {
      ... on Sms { id status }
    }
  }
`);
const variables = { ids: ['1'] };
const expected = ['SCHEDULED', 'SENT', 'DELIVERED'].map((status) => ({ smsUpdates: { id: '1', status } }));

/** A server whose message changes with every second fetch. Returns its address. */
async function startServer(): Promise<string> {
  const words = ['scheduled', 'scheduled', 'sent', 'sent', 'delivered'];
  const bsg = await startFakeBsg(({ number }, response) => {
    sendJson(response, wireSms({ id: '1', status: words[number - 1] ?? 'delivered' }));
  });
  const app = startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' });
  return listen(app.listener, app);
}

/** Collects the events of an observable of any library, without the `__typename` that some clients add. */
function collect(
  subscribe: (next: (data: unknown) => void, complete: () => void, error: (error: unknown) => void) => void,
) {
  return new Promise<unknown[]>((resolve, reject) => {
    const events: unknown[] = [];
    const add = (data: unknown) => {
      // After the last event, Apollo Client passes on that the server has gone, without data.
      if (data === undefined) return;
      events.push(JSON.parse(JSON.stringify(data, (key, value) => (key === '__typename' ? undefined : value))));
      if (events.length === expected.length) resolve(events);
    };
    subscribe(add, () => resolve(events), reject);
  });
}

it('urql receives every change over its own event streams', async () => {
  const url = `${await startServer()}/graphql`;
  const client = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });

  expect(
    await collect((next, complete) => {
      const { unsubscribe } = client.subscription(Seen, variables).subscribe(({ data, hasNext }) => {
        next(data);
        if (hasNext === false) complete();
      });
      onTestFinished(unsubscribe);
    }),
  ).toEqual(expected);
});

it('urql receives every change through graphql-sse', async () => {
  const sse = createClient({ url: `${await startServer()}/graphql`, retryAttempts: 0 });
  onTestFinished(() => sse.dispose());
  const client = new Client({
    url: 'http://unused',
    preferGetMethod: false,
    exchanges: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables: given }) => ({
          subscribe: (sink) => ({ unsubscribe: sse.subscribe({ query, variables: { ...given } }, toSink(sink)) }),
        }),
      }),
    ],
  });

  expect(
    await collect((next, complete) => {
      client.subscription(Seen, variables).subscribe(({ data, hasNext }) => {
        next(data);
        if (hasNext === false) complete();
      });
    }),
  ).toEqual(expected);
});

it('Apollo Client receives every change through graphql-sse', async () => {
  const sse = createClient({ url: `${await startServer()}/graphql`, retryAttempts: 0 });
  onTestFinished(() => sse.dispose());
  const link = new ApolloLink(
    ({ query, variables: given }) =>
      new Observable((observer) => sse.subscribe({ query: print(query), variables: given }, toSink(observer))),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });

  expect(
    await collect((next, complete, error) => {
      client.subscribe({ query: Seen, variables }).subscribe({ next: ({ data }) => next(data), complete, error });
    }),
  ).toEqual(expected);
});

it('Apollo Client receives every change over its own transport (multipart)', async () => {
  const link = new HttpLink({ uri: `${await startServer()}/graphql` });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });

  expect(
    await collect((next, complete, error) => {
      client.subscribe({ query: Seen, variables }).subscribe({ next: ({ data }) => next(data), complete, error });
    }),
  ).toEqual(expected);
});

it('Apollo Client receives every change over a WebSocket', async () => {
  const socket = createSocketClient({
    url: `${(await startServer()).replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  onTestFinished(() => void socket.dispose());
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });

  expect(
    await collect((next, complete, error) => {
      client.subscribe({ query: Seen, variables }).subscribe({ next: ({ data }) => next(data), complete, error });
    }),
  ).toEqual(expected);
});

/** Adapts the sinks of the libraries, which differ in whether a result may lack its data. */
function toSink(sink: { next(value: never): void; complete(): void; error(error: unknown): void }) {
  return {
    next: (value: unknown) => sink.next(value as never),
    complete: () => sink.complete(),
    error: (error: unknown) => sink.error(error),
  };
}
