/** Mercurius on Fastify, with its compiler, its loaders and undici's fetch. */
import fastify from 'fastify';
import mercurius from 'mercurius';
import { fetch } from 'undici';
import { createFetchMessages, typeDefs } from './messages.mjs';

const fetchMessages = createFetchMessages(fetch);

const app = fastify();
app.register(mercurius, {
  schema: typeDefs,
  // Compiles a query once it has been executed so often.
  jit: 1,
  resolvers: { Query: { smsBatch: (_, { ids }) => ({ ids }) } },
  loaders: {
    Query: { sms: (queries) => fetchMessages(queries.map(({ params }) => params.id)) },
    SmsBatch: { results: (queries) => Promise.all(queries.map(({ obj }) => fetchBatch(obj.ids))) },
  },
});
await app.listen({ port: 0, host: '127.0.0.1' });

/** One fetch for each message, however often it is in the batch. */
async function fetchBatch(ids) {
  const uniqueIds = [...new Set(ids)];
  const messages = await fetchMessages(uniqueIds);
  const byId = new Map(uniqueIds.map((id, index) => [id, messages[index]]));
  return ids.map((id) => byId.get(id));
}
