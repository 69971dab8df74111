import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Entry } from './entry.ts';
import { RecentKeys } from './recent-keys.ts';

/** The entries in this process's memory: at most so many, the least recently used evicted first. */
export interface MemoryCache {
  get<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  /** The same, without counting as use. */
  peek<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  set<Value extends BsgValue>(key: StatusKey<Value>, entry: Entry<Value>): void;
}

/** An empty cache. A key names its resource, so under it there are values of that resource alone. */
export function createMemoryCache(maxEntries: number): MemoryCache {
  const keys = new RecentKeys(maxEntries);
  /** By the numbers of their keys. */
  const entries: (Entry | null)[] = [null];
  return {
    get<Value extends BsgValue>(key: StatusKey<Value>) {
      const number = keys.numberOf(key);
      if (number !== 0) keys.use(number);
      return entries[number] as Entry<Value> | null;
    },
    peek: <Value extends BsgValue>(key: StatusKey<Value>) => entries[keys.numberOf(key)] as Entry<Value> | null,
    set(key, entry) {
      entries[keys.assign(key)] = entry;
    },
  };
}
