import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

/**
 * Queries as they were read, for when they come again. Bounded by length, as what is made of a query takes up to 200 times its
 * own; a long one is read anew each time. None is kept that is not valid, as its errors would be kept with it: they take far
 * more memory, and are found again in no time.
 */
export function createDocumentCache() {
  const documentCache = new LRUCache<string, DocumentNode>({
    max: 2_000,
    maxSize: 250_000,
    maxEntrySize: 10_000,
    sizeCalculation: (_, query) => query.length + 1,
  });
  const plugin: Plugin = {
    onValidate: ({ params: { documentAST } }) => {
      return ({ valid }) => {
        if (!valid) documentCache.delete(documentAST.loc?.source.body ?? '');
      };
    },
  };
  return {
    /** For Yoga. */
    options: { documentCache, errorCache: { get: () => undefined, set: () => {} } },
    plugin,
  };
}
