/** Yoga, DataLoader and node-fetch, as a server is written by hand. */
import { Agent, createServer } from 'node:http';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import fetch from 'node-fetch';
import { createFetchMessages, typeDefs } from './messages.mjs';

const agent = new Agent({ keepAlive: true });
const fetchMessages = createFetchMessages((url, options) => fetch(url, { ...options, agent }));

const yoga = createYoga({
  schema: createSchema({
    typeDefs,
    resolvers: {
      Query: {
        sms: (_, { id }, { messages }) => messages.load(id),
        smsBatch: (_, { ids }, { messages }) => ({ results: ids.map((id) => messages.load(id)) }),
      },
    },
  }),
  context: () => ({ messages: new DataLoader(fetchMessages) }),
  logging: 'warn',
});

createServer(yoga).listen(0, '127.0.0.1');
