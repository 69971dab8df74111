import { LRUCache } from 'lru-cache';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';

/** The keys under which a value is cached: those that it was read by, and its aliases. */
export interface KnownKeys {
  /** All keys of a result that was read by `key`, each once. */
  of<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure): readonly StatusKey<Value>[];
  /** Remembers the key by which a value was read where BSG spells that otherwise, such as a reference in another case. */
  remember<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure): void;
}

/** Knows no other spellings at first, and at most `maxEntries`: the least recently used are evicted first. */
export function createKnownKeys(maxEntries: number): KnownKeys {
  /** By each key of a value: the other key by which it was read. */
  const otherSpellings = new LRUCache<string, StatusKey>({ max: maxEntries });
  return {
    of<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure) {
      const aliases = isFailure(result) ? [] : key.resource.aliases(result);
      const keys = aliases.some(({ text }) => text === key.text) ? aliases : [key, ...aliases];
      return otherSpellings.size === 0 ? keys : uniqueKeys([...keys, ...spellingsOf(keys)]);
    },
    remember(key, result) {
      if (isFailure(result) || !key.resource.matches(result, key.id)) return;
      const ownKeys = key.resource.aliases(result);
      const isOther = ownKeys.some(({ resource, text }) => resource === key.resource && text !== key.text);
      if (isOther) for (const { text } of ownKeys) otherSpellings.set(text, key as StatusKey);
    },
  };

  function spellingsOf<Value extends BsgValue>(keys: readonly StatusKey<Value>[]): readonly StatusKey<Value>[] {
    const others = keys.map(({ text }) => otherSpellings.get(text) as StatusKey<Value> | undefined);
    return others.filter((other) => other !== undefined);
  }
}

function uniqueKeys<Key extends StatusKey>(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [key.text, key])).values()];
}
