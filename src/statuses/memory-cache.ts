import { LRUCache } from 'lru-cache';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Entry } from './entry.ts';

/** The entries in this process's memory: at most so many, the least recently used evicted first. */
export interface MemoryCache {
  get<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  /** The same, without counting as use. */
  peek<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  set<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): void;
}

/** An empty cache. The text of a key begins with the name of its resource, so under it there are values of that resource alone. */
export function createMemoryCache(maxEntries: number): MemoryCache {
  const entries = new LRUCache<string, Entry>({ max: maxEntries });
  return {
    get: <Value extends BsgValue>({ text }: StatusKey<Value>) => (entries.get(text) ?? null) as Entry<Value> | null,
    peek: <Value extends BsgValue>({ text }: StatusKey<Value>) => (entries.peek(text) ?? null) as Entry<Value> | null,
    set: ({ text }, entry) => void entries.set(text, entry),
  };
}
