import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/**
 * Caches parsed and validated queries. Bounded by length, as what is derived from a query takes up to 200 times its own memory; a
 * long one is parsed each time. Invalid ones are not kept: their errors take far more memory, and are found again at once.
 */
export function createDocumentCache() {
  const documentCache = new LRUCache<string, DocumentNode>({
    max: 2_000,
    maxSize: 250_000,
    maxEntrySize: 10_000,
    sizeCalculation: (_, query) => query.length + 1,
  });
  return {
    /** For Yoga. */
    options: { documentCache, errorCache: { get: () => undefined, set: () => {} } },
    /** The document of a query, where it is kept. Counts as use of it. */
    get: (query: string): DocumentNode | undefined => documentCache.get(query),
    /** Removes a query that turned out to be invalid. */
    drop({ loc }: DocumentNode): void {
      documentCache.delete(loc?.source.body ?? '');
    },
  };
}

/** Parsed and validated queries. */
export type DocumentCache = ReturnType<typeof createDocumentCache>;
