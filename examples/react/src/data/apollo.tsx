/** The data layer of Apollo Client. Copy this file, and put your own operations in place of the imported ones. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { type ReactNode, useEffect, useMemo } from 'react';
import fragments from '../gql/possible-types.ts';
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

const client = new ApolloClient({
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri: '/graphql' }),
  ),
  // Without `possibleTypes` the cache drops the fields of `... on BsgErrorDetails`.
  cache: new InMemoryCache({ possibleTypes: fragments.possibleTypes }),
});

// A field that the caller may not see is null, with an error beside it: `all` shows the rest.
const errorPolicy = 'all';

// Events go into the cache by `updateQuery` alone.
const fetchPolicy = 'no-cache';

const layer: DataLayer = {
  useMessages(references) {
    const variables = useMemo(() => ({ references: [...references] }), [references]);
    const { data, error, refetch } = useQuery(Messages, { variables, errorPolicy });
    const isLoaded = data !== undefined;
    useEffect(() => {
      if (!isLoaded) return;
      const updates = client
        .subscribe({ query: MessageUpdates, variables, errorPolicy, fetchPolicy })
        .subscribe(({ data: event }) => {
          client.cache.updateQuery(
            { query: Messages, variables },
            (current) => current && event && withMessageUpdate(current, event.smsUpdates),
          );
        });
      return () => updates.unsubscribe();
    }, [isLoaded, variables]);
    return { value: data?.smsBatch.results, error: data ? null : (error?.message ?? null), refetch };
  },

  useCampaign(taskId) {
    const variables = useMemo(() => ({ taskId }), [taskId]);
    const { data, error, refetch } = useQuery(CampaignPanel, { variables, errorPolicy });
    const isLoaded = data !== undefined;
    useEffect(() => {
      if (!isLoaded) return;
      const updates = client
        .subscribe({ query: CampaignUpdates, variables, errorPolicy, fetchPolicy })
        .subscribe(({ data: event }) => {
          client.cache.updateQuery(
            { query: CampaignPanel, variables },
            (current) => current && event && withCampaignUpdate(current, event.campaignUpdates),
          );
        });
      return () => updates.unsubscribe();
    }, [isLoaded, variables]);
    return { value: data?.campaign, error: data ? null : (error?.message ?? null), refetch };
  },

  useConnection: connection.useConnection,
};

/** Provides the data layer of Apollo Client. */
export function ApolloDataLayer({ children }: { readonly children: ReactNode }) {
  return (
    <ApolloProvider client={client}>
      <DataLayerContext value={layer}>{children}</DataLayerContext>
    </ApolloProvider>
  );
}
