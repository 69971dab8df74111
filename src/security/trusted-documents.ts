/** Trusted documents (persisted operations). */
import { defaultExtractPersistedOperationId, usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/** Options of {@link useTrustedDocuments}. */
export interface TrustedDocumentsOptions {
  /** The queries that front ends were built with, by their hashes. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether any other query is refused. */
  readonly only: boolean;
}

/** The request parameter of GraphQL over HTTP that holds the hash, beside the `extensions.persistedQuery` of Apollo's clients. */
export const DOCUMENT_ID = 'documentId';

/** Accepts the hash of a trusted document in place of its query (persisted queries), and nothing else if so configured. */
export function useTrustedDocuments({ documents, only }: TrustedDocumentsOptions): Plugin {
  return usePersistedOperations({
    allowArbitraryOperations: !only,
    extractPersistedOperationId: (params, request, context) =>
      documentIdOf(params, request) ?? defaultExtractPersistedOperationId(params, request, context),
    // As the appendix of GraphQL over HTTP writes hashes.
    getPersistedOperation: (id) => documents.get(id.replace(/^sha256:/, '')) ?? null,
    customErrors: {
      notFound: () => requestError('persistedQueryUnknown'),
      keyNotFound: () => requestError('persistedQueryMissing'),
      persistedQueryOnly: () => requestError('persistedQueryOnly'),
    },
  });
}

/** For GET, Yoga passes on only the parameters that it knows. */
function documentIdOf(params: object, { method, url }: Request): string | null {
  if (method === 'GET') return new URL(url, 'http://any').searchParams.get(DOCUMENT_ID);
  const id = DOCUMENT_ID in params ? params[DOCUMENT_ID] : null;
  return typeof id === 'string' ? id : null;
}
