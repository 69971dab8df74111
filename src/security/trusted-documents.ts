/** Trusted documents (persisted operations). */
import { defaultExtractPersistedOperationId, usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/** The queries that front ends were built with, and whether there are others. */
export interface TrustedDocuments {
  /** By their hashes, with `sha256:` before each and without. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether any other query is refused. */
  readonly only: boolean;
}

/** The request parameter of GraphQL over HTTP that holds the hash, beside the `extensions.persistedQuery` of Apollo's clients. */
export const DOCUMENT_ID = 'documentId';

/**
 * Accepts the hash of a trusted document in place of its query (persisted queries), and nothing else if so configured. Where
 * any query is accepted, the error for an unknown hash makes clients send the query (automatic persisted queries).
 *
 * @param trusted Null: there are none.
 */
export function useTrustedDocuments(trusted: TrustedDocuments | null): Plugin {
  return usePersistedOperations({
    allowArbitraryOperations: trusted?.only !== true,
    extractPersistedOperationId: (params, request, context) =>
      documentIdOf(params, request) ?? defaultExtractPersistedOperationId(params, request, context),
    getPersistedOperation: (id) => trusted?.documents.get(id) ?? null,
    customErrors: {
      notFound: () => requestError(unknownHash(trusted)),
      keyNotFound: () => requestError(trusted === null ? 'queryMissing' : 'persistedQueryMissing'),
      persistedQueryOnly: () => requestError('persistedQueryOnly'),
    },
  });
}

function unknownHash(trusted: TrustedDocuments | null) {
  if (trusted === null) return 'persistedQueryNotSupported';
  return trusted.only ? 'persistedQueryUnknown' : 'persistedQueryNotFound';
}

/** For GET, Yoga passes on only the parameters that it knows. */
function documentIdOf(params: object, { method, url }: Request): string | null {
  if (method === 'GET') return new URL(url, 'http://any').searchParams.get(DOCUMENT_ID);
  const id = DOCUMENT_ID in params ? params[DOCUMENT_ID] : null;
  return typeof id === 'string' ? id : null;
}
