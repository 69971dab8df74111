import { LRUCache } from 'lru-cache';

/**
 * An LRU cache that takes memory as it fills, for one that mostly stays empty: `max` of lru-cache allocates for all entries at
 * once, 3 MB for 100,000.
 */
export function createGrowingCache<Value extends object | number>(maxEntries: number): LRUCache<string, Value> {
  return new LRUCache<string, Value>({ maxSize: maxEntries, sizeCalculation: () => 1 });
}
