import { createYoga } from 'graphql-yoga';
import { createBsgClient } from './bsg/client.ts';
import type { Config } from './config.ts';
import { useGraphiQLPage } from './graphiql/page.ts';
import { createLoaders } from './loaders/loaders.ts';
import { useCompiledQueries } from './schema/compile.ts';
import type { Context } from './schema/context.ts';
import { schema } from './schema/index.ts';
import { useRequestErrorCodes } from './schema/request-errors.ts';
import { useRequestBodyLimit } from './security/request-body.ts';

/** The server without its socket. */
export type App = ReturnType<typeof createApp>;

/** Longer than any query a person writes or a gateway plans, shorter than what costs memory to refuse. */
const MAX_REQUEST_BYTES = 1024 * 1024;

/** Builds every part, in the order in which a request meets them from behind. `fetch` also serves as a listener of `node:http`. */
export function createApp({ bsg, maxBatchSize }: Pick<Config, 'bsg' | 'maxBatchSize'>) {
  const client = createBsgClient(bsg);
  const yoga = createYoga({
    schema,
    context: (): Context => ({ loaders: createLoaders(client), maxBatchSize }),
    graphqlEndpoint: '/graphql',
    healthCheckEndpoint: '/health',
    // Never a stack in an answer, not even with NODE_ENV=development.
    maskedErrors: { isDev: false },
    cors: false,
    multipart: false,
    landingPage: false,
    graphiql: false,
    maxRequestBodySize: false,
    plugins: [
      useGraphiQLPage('/graphql'),
      useRequestBodyLimit(MAX_REQUEST_BYTES),
      useRequestErrorCodes(),
      useCompiledQueries(),
    ],
  });
  return {
    fetch: yoga,
    async dispose(): Promise<void> {
      await yoga.dispose();
      client.dispose();
    },
  };
}
