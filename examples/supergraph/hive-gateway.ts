import { createGatewayRuntime, type GatewayConfigSupergraph } from '@graphql-hive/gateway';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';

/** Hive Gateway in front of a supergraph, as a listener for `node:http`. It subscribes to the subgraphs over SSE. */
export function createHiveGateway(supergraph: string, options: Partial<GatewayConfigSupergraph> = {}) {
  return createGatewayRuntime({
    ...options,
    supergraph,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({ authorization: request.headers.get('authorization') }),
    },
    logging: false,
    // Self-contained: the gateway's own page loads from a CDN, which fails offline.
    renderGraphiQL,
  });
}
