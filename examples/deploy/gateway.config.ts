import { defineConfig } from '@graphql-hive/gateway';

/** Forwards `Authorization` to the servers behind the gateway, which authenticate callers. */
export const gatewayConfig = defineConfig({
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') ?? undefined }),
  },
});
