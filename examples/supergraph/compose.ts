import { composeServices } from '@theguild/federation-composition';
import type { DocumentNode } from 'graphql';

/** One part of a supergraph. */
export interface Subgraph {
  readonly name: string;
  /** Where the gateway finds it. */
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/** What `@theguild/federation-composition` and `@apollo/composition` have in common. */
export type Composer = (subgraphs: Subgraph[]) => {
  readonly supergraphSdl?: string | undefined;
  readonly errors?: readonly Error[] | undefined;
};

/** The supergraph of these subgraphs, as text. Throws with all that keeps them from being one. */
export function compose(subgraphs: readonly Subgraph[], composer: Composer = composeServices): string {
  const { supergraphSdl, errors } = composer([...subgraphs]);
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(['The subgraphs do not compose:', ...(errors ?? []).map(({ message }) => `  ${message}`)].join('\n'));
}
