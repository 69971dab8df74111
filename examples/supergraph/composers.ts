/** Every composer that registries use. */
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { federateSubgraphs, LATEST_ROUTER_COMPATIBILITY_VERSION } from '@wundergraph/composition';
import { print } from 'graphql';
import type { Composer } from './compose.ts';

/** The composers for the gateways of the example, by name. */
export const GATEWAY_COMPOSERS: readonly (readonly [string, Composer])[] = [
  ['@apollo/composition', composeByApollo],
  ['@theguild/federation-composition', composeByGuild],
];

/** All composers, by name. The supergraph of the last one is for Cosmo Router. */
export const COMPOSERS: readonly (readonly [string, Composer])[] = [
  ...GATEWAY_COMPOSERS,
  ['@wundergraph/composition', composeByCosmo],
];

function composeByCosmo(subgraphs: Parameters<Composer>[0]): ReturnType<Composer> {
  const result = federateSubgraphs({
    subgraphs: subgraphs.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs })),
    version: LATEST_ROUTER_COMPATIBILITY_VERSION,
  });
  if (!result.success) return { errors: result.errors };
  return { supergraphSdl: print(result.federatedGraphAST), hints: result.warnings };
}
