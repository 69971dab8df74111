import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { ResponseHeaders } from '../response-cache/store.ts';

/** What a query needs to run again with other variables. Yoga has answered it, in its compiled form and without errors. */
export interface PreparedQuery {
  /** Parsed and validated. */
  readonly document: DocumentNode;
  /** Of its response. */
  readonly headers: ResponseHeaders;
}

/** Prepared queries by the keys of their requests, see `QueryRequest`. */
export interface PreparedQueries {
  find(key: string): PreparedQuery | null;
  set(key: string, query: PreparedQuery): void;
}

/** Upper bound of the characters of all keys. */
const MAX_CHARACTERS = 250_000;

/**
 * Empty at first. The least recently used are evicted first.
 *
 * @param documentOf The document of a query's text, where it is cached. Documents are kept there alone, as each takes up to 200 times
 * the memory of its text.
 */
export function createPreparedQueries(documentOf: (text: string) => DocumentNode | undefined): PreparedQueries {
  const queries = new LRUCache<string, { readonly text: string; readonly headers: ResponseHeaders }>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, key) => key.length,
  });
  return {
    find(key) {
      const query = queries.get(key);
      if (query === undefined) return null;
      const document = documentOf(query.text);
      return document === undefined ? null : { document, headers: query.headers };
    },
    set(key, { document, headers }) {
      const text = document.loc?.source.body;
      if (text !== undefined) queries.set(key, { text, headers });
    },
  };
}
