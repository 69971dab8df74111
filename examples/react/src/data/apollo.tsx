/** The data layer of Apollo Client. Copy this file, and put your own operations in place of the imported ones. */
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { type ReactNode, useEffect } from 'react';
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
  cache: new InMemoryCache({
    // Without these the cache drops the fields of `... on BsgErrorDetails`.
    possibleTypes: fragments.possibleTypes,
    // An event replaces the one before it, which was about another message.
    typePolicies: { Subscription: { fields: { smsUpdates: { merge: false }, campaignUpdates: { merge: false } } } },
  }),
});

const layer: DataLayer = {
  useMessages(references) {
    const variables = { references: [...references] };
    const { data, error, refetch, subscribeToMore } = useQuery(Messages, { variables, errorPolicy: 'all' });
    const isLoaded = data !== undefined;
    useEffect(() => {
      if (!isLoaded) return;
      return subscribeToMore({
        document: MessageUpdates,
        variables: { references: [...references] },
        updateQuery: (_, { complete, previousData, subscriptionData }) =>
          complete ? withMessageUpdate(previousData, subscriptionData.data.smsUpdates) : undefined,
      });
    }, [isLoaded, references, subscribeToMore]);
    return { value: data?.smsBatch.results, error: data ? null : (error?.message ?? null), refetch };
  },

  useCampaign(taskId) {
    const { data, error, refetch, subscribeToMore } = useQuery(CampaignPanel, {
      variables: { taskId },
      errorPolicy: 'all',
    });
    const isLoaded = data !== undefined;
    useEffect(() => {
      if (!isLoaded) return;
      return subscribeToMore({
        document: CampaignUpdates,
        variables: { taskId },
        updateQuery: (_, { complete, previousData, subscriptionData }) =>
          complete ? withCampaignUpdate(previousData, subscriptionData.data.campaignUpdates) : undefined,
      });
    }, [isLoaded, taskId, subscribeToMore]);
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
