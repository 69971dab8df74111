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
  /** By the slots of their keys; null at 0, which no key has. */
  const entries: (Entry | null)[] = [null];
  return {
    get<Value extends BsgValue>(key: StatusKey<Value>) {
      const slot = keys.slotOf(key);
      if (slot !== 0) keys.touch(slot);
      return entries[slot] as Entry<Value> | null;
    },
    peek: <Value extends BsgValue>(key: StatusKey<Value>) => entries[keys.slotOf(key)] as Entry<Value> | null,
    set(key, entry) {
      entries[keys.assign(key)] = entry;
    },
  };
}
