/** Apollo Server with DataLoader and undici's fetch. */
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import DataLoader from 'dataloader';
import { fetch } from 'undici';
import { createFetchMessages, typeDefs } from './messages.mjs';

const fetchMessages = createFetchMessages(fetch);

const server = new ApolloServer({
  typeDefs,
  resolvers: {
    Query: {
      sms: (_, { id }, { messages }) => messages.load(id),
      smsBatch: (_, { ids }, { messages }) => ({ results: ids.map((id) => messages.load(id)) }),
    },
  },
});
await startStandaloneServer(server, {
  listen: { port: 0, host: '127.0.0.1' },
  context: async () => ({ messages: new DataLoader(fetchMessages) }),
});
