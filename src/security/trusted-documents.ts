import { defaultExtractPersistedOperationId, usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/** The operations that front ends were built with. */
export interface TrustedDocumentsOptions {
  /** By their hashes. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether nothing else is answered. */
  readonly only: boolean;
}

/** The parameter of GraphQL over HTTP that names a document, beside the `extensions.persistedQuery` of Apollo's clients. */
export const DOCUMENT_ID = 'documentId';

/** Answers operations that are named by their hash instead of sent, and no others if so wished. */
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

/** Of a request by address Yoga passes on only the parameters that it knows. */
function documentIdOf(params: object, { method, url }: Request): string | null {
  if (method === 'GET') return new URL(url, 'http://any').searchParams.get(DOCUMENT_ID);
  const id = DOCUMENT_ID in params ? params[DOCUMENT_ID] : null;
  return typeof id === 'string' ? id : null;
}
