/**
 * JSON of the shared cache, written and validated. Nothing in it is trusted: another version, another program or an attacker
 * may have written it, and none of them may stop the server or have it serve one message as another.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type BsgFailure, failureSchema, isFailure } from '../bsg/failure.ts';
import type { BsgValue, Resource, StatusKey } from '../bsg/resource.ts';
import { parseKey, resources } from '../bsg/resources.ts';
import { type Entry, entrySchemaOf } from './entry.ts';

/** A change that one instance tells the others: the new entry under each key, or null where the keys were invalidated. */
export interface ChangeEvent {
  /** The instance that tells it. */
  readonly from: string;
  readonly keys: readonly StatusKey[];
  readonly entry: Entry | null;
}

/** A {@link ChangeEvent} as it concerns one key. */
export interface KeyChange {
  readonly from: string;
  readonly key: StatusKey;
  readonly entry: Entry | null;
}

/** Reads what {@link encodeChange}, `JSON.stringify` of an entry and of a failure have written. Null for anything else. */
export interface SharedCodec {
  decodeEntry<Value extends BsgValue>(key: StatusKey<Value>, json: string | null): Entry<Value> | null;
  decodeFailure(json: string | null): BsgFailure | null;
  /** One event for each valid key; a key that no resource knows is left out. */
  decodeChange(json: string): readonly KeyChange[];
}

const schemas = new Map<Resource, z.ZodType<Entry>>(resources.map((resource) => [resource, entrySchemaOf(resource)]));
const changeSchema = z.strictObject({ from: z.string(), keys: z.array(z.string()), entry: z.unknown() });

/** Tells the shapes of entries apart: it changes by itself with the schema of any cached value. */
export function shapeVersion(): string {
  const shapes = resources.map(({ name }, i) => [name, z.toJSONSchema([...schemas.values()][i] ?? z.never())]);
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 8);
}

/** JSON of a change event. */
export function encodeChange({ from, keys, entry }: ChangeEvent): string {
  return JSON.stringify({ from, keys: keys.map(({ text }) => text), entry });
}

/** With `checksMatch`, a value under the key of another message is refused; the answers to a test key are about any message. */
export function createSharedCodec({ checksMatch }: { readonly checksMatch: boolean }): SharedCodec {
  function toEntry<Value extends BsgValue>({ resource, id }: StatusKey<Value>, json: unknown): Entry<Value> | null {
    const { data: entry } = (schemas.get(resource) as z.ZodType<Entry<Value>>).safeParse(json);
    if (entry === undefined || isFailure(entry.result)) return entry ?? null;
    return !checksMatch || resource.matches(entry.result, id) ? entry : null;
  }
  return {
    decodeEntry: (key, json) => toEntry(key, parseJson(json)),
    decodeFailure: (json) => failureSchema.safeParse(parseJson(json)).data ?? null,
    decodeChange(json) {
      const { data: change } = changeSchema.safeParse(parseJson(json));
      return change === undefined ? [] : change.keys.flatMap((text) => toKeyChange(change, text));
    },
  };
  function toKeyChange({ from, entry: json }: { from: string; entry?: unknown }, text: string): readonly KeyChange[] {
    const key = parseKey(text);
    const entry = key === null || json === null ? null : toEntry(key, json);
    return key === null || (entry === null && json !== null) ? [] : [{ from, key, entry }];
  }
}

function parseJson(json: string | null): unknown {
  try {
    return json === null ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
