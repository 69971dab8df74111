import { defineConfig } from '@graphql-hive/gateway';

/** Hands on who asks, so that the servers behind the gateway can tell whether they may. */
export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') ?? undefined }),
  },
});
