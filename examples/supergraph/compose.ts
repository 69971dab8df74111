/** Composes subgraphs into a supergraph. */
import { composeServices } from '@theguild/federation-composition';
import type { DocumentNode } from 'graphql';

/** One subgraph of a supergraph. */
export interface Subgraph {
  readonly name: string;
  /** The address to which the gateway sends requests. */
  readonly url: string;
  readonly typeDefs: DocumentNode;
}

/** The common interface of the composers. */
export type Composer = (subgraphs: Subgraph[]) => {
  readonly supergraphSdl?: string | undefined;
  readonly errors?: readonly Error[] | undefined;
  readonly hints?: readonly { readonly message: string }[] | undefined;
};

/**
 * Composes subgraphs into a supergraph, and returns its SDL.
 * @throws Error with every composition error.
 */
export function compose(subgraphs: readonly Subgraph[], composer: Composer = composeServices): string {
  const { supergraphSdl, errors } = composer([...subgraphs]);
  if (supergraphSdl !== undefined) return supergraphSdl;
  throw new Error(['The subgraphs do not compose:', ...(errors ?? []).map(({ message }) => `  ${message}`)].join('\n'));
}
