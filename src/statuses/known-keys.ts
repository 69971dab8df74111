import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import { createGrowingCache } from './growing-cache.ts';

/** The keys under which a value is cached: those that it was read by, and its aliases. */
export interface KnownKeys {
  /** All keys of a result that was read by `key`, each once. */
  of<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure): readonly StatusKey<Value>[];
  /** The same; remembers the key for later where BSG's answer lacks it: it leaves references out, or has them in another case. */
  learn<Value extends BsgValue>(key: StatusKey<Value>, result: Value | BsgFailure): readonly StatusKey<Value>[];
}

/** Knows no other spellings at first, and at most `maxEntries`: the least recently used are evicted first. */
export function createKnownKeys(maxEntries: number): KnownKeys {
  /** By each key of a value: the other key by which it was read. */
  const otherSpellings = createGrowingCache<StatusKey>(maxEntries);
  return {
    of: (key, result) => withSpellings(ownKeysOf(key, result)),
    learn(key, result) {
      const keys = ownKeysOf(key, result);
      if (!isFailure(result) && keys[0] === key && keys.length > 1 && key.resource.matches(result, key.id))
        for (const each of keys) if (each !== key) otherSpellings.set(each.text, key as StatusKey);
      return withSpellings(keys);
    },
  };

  function withSpellings<Value extends BsgValue>(keys: readonly StatusKey<Value>[]): readonly StatusKey<Value>[] {
    return otherSpellings.size === 0 ? keys : uniqueKeys([...keys, ...spellingsOf(keys)]);
  }

  function spellingsOf<Value extends BsgValue>(keys: readonly StatusKey<Value>[]): readonly StatusKey<Value>[] {
    const others = keys.map(({ text }) => otherSpellings.get(text) as StatusKey<Value> | undefined);
    return others.filter((other) => other !== undefined);
  }
}

/** The aliases of a result, after the key that it was read by if that is none of them. */
function ownKeysOf<Value extends BsgValue>(
  key: StatusKey<Value>,
  result: Value | BsgFailure,
): readonly StatusKey<Value>[] {
  if (isFailure(result)) return [key];
  const aliases = key.resource.aliases(result);
  return aliases.some((alias) => alias.equals(key)) ? aliases : [key, ...aliases];
}

/** Each key once, however it is spelled. */
export function uniqueKeys<Key extends StatusKey>(keys: readonly Key[]): readonly Key[] {
  return [...new Map(keys.map((key) => [key.text, key])).values()];
}
