/** The data layer of urql. Copy this file, and put your own operations in place of the imported ones. */
import { cacheExchange } from '@urql/exchange-graphcache';
import { createClient } from 'graphql-ws';
import type { ReactNode } from 'react';
import { Client, fetchExchange, Provider, subscriptionExchange, useQuery, useSubscription } from 'urql';
import type { CampaignUpdatesSubscription, MessageUpdatesSubscription } from '../gql/graphql.ts';
import schema from '../gql/introspection.ts';
import { createConnection } from './connection.ts';
import { type DataLayer, DataLayerContext } from './data-layer.ts';
import { CampaignPanel, CampaignUpdates, Messages, MessageUpdates } from './documents.ts';
import { withCampaignUpdate, withMessageUpdate } from './results.ts';

const connection = createConnection();

// One WebSocket for all subscriptions: it does not count among the six connections that a browser has to a server. It reconnects
// for as long as it takes; the first event of a subscription is the current state, so nothing is missed.
const socket = createClient({
  url: '/graphql',
  shouldRetry: () => true,
  retryAttempts: Number.POSITIVE_INFINITY,
  retryWait: (retries) =>
    new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(1_000 * 2 ** retries, 15_000))),
  on: connection.events,
});

const notCachedByKey = () => null;

const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [
    cacheExchange({
      schema,
      keys: {
        SmsBatch: notCachedByKey,
        BsgAccessError: notCachedByKey,
        BsgConflictError: notCachedByKey,
        BsgInvalidRequestError: notCachedByKey,
        BsgNotFoundError: notCachedByKey,
        BsgUnavailableError: notCachedByKey,
      },
      updates: {
        Subscription: {
          smsUpdates({ smsUpdates }: MessageUpdatesSubscription, { references }: { references: string[] }, cache) {
            cache.updateQuery({ query: Messages, variables: { references } }, (data) =>
              data === null ? null : withMessageUpdate(data, smsUpdates),
            );
          },
          campaignUpdates({ campaignUpdates }: CampaignUpdatesSubscription, { taskId }: { taskId: string }, cache) {
            cache.updateQuery({ query: CampaignPanel, variables: { taskId } }, (data) =>
              data === null ? null : withCampaignUpdate(data, campaignUpdates),
            );
          },
        },
      },
    }),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: { ...variables } }, sink) }),
      }),
    }),
  ],
});

const layer: DataLayer = {
  useMessages(references) {
    const variables = { references: [...references] };
    const [{ data, error }, refetch] = useQuery({ query: Messages, variables });
    useSubscription({ query: MessageUpdates, variables, pause: data === undefined });
    return {
      value: data?.smsBatch.results,
      error: data ? null : (error?.message ?? null),
      refetch: () => refetch({ requestPolicy: 'network-only' }),
    };
  },

  useCampaign(taskId) {
    const variables = { taskId };
    const [{ data, error }, refetch] = useQuery({ query: CampaignPanel, variables });
    useSubscription({ query: CampaignUpdates, variables, pause: data === undefined });
    return {
      value: data?.campaign,
      error: data ? null : (error?.message ?? null),
      refetch: () => refetch({ requestPolicy: 'network-only' }),
    };
  },

  useConnection: connection.useConnection,
};

/** Provides the data layer of urql. */
export function UrqlDataLayer({ children }: { readonly children: ReactNode }) {
  return (
    <Provider value={client}>
      <DataLayerContext value={layer}>{children}</DataLayerContext>
    </Provider>
  );
}
