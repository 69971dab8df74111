/**
 * JSON of the shared cache, written and validated. Nothing in it is trusted: another version, another program or an attacker
 * may have written it, and none of them may stop the server or have it serve one message as another.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type BsgFailure, failureSchema, isFailure } from '../bsg/failure.ts';
import type { BsgValue, Resource, StatusKey } from '../bsg/resource.ts';
import { parseKey, resources } from '../bsg/resources.ts';
import type { Entry } from './entry.ts';
import type { SharedClock } from './shared-backend.ts';
import { fromShared, type SharedEntry, sharedEntrySchemaOf, toShared } from './shared-entry.ts';

/** A change that one instance publishes: the entry that is now under each of the keys, or null where they were invalidated. */
export interface ChangeEvent {
  /** The instance that made the change. */
  readonly from: string;
  readonly keys: readonly StatusKey[];
  readonly entry: Entry | null;
}

/** Writes and reads JSON. What it cannot read is null. */
export interface SharedCodec {
  encodeEntry(entry: Entry): string;
  decodeEntry<Value extends BsgValue>(key: StatusKey<Value>, json: string | null): Entry<Value> | null;
  decodeFailure(json: string | null): BsgFailure | null;
  encodeChange(change: ChangeEvent): string;
  /** Keys that no resource has, or whose value the entry cannot be, are left out. */
  decodeChange(json: string): ChangeEvent | null;
}

const schemas = new Map<Resource, z.ZodType<SharedEntry>>(
  resources.map((resource) => [resource, sharedEntrySchemaOf(resource)]),
);
const changeSchema = z.strictObject({ from: z.string(), keys: z.array(z.string()), entry: z.unknown() });

/** Part of the names of keys in a shared cache: it changes by itself with the schema of any cached value. */
export function shapeVersion(of: readonly Resource[] = resources): string {
  const shapes = of.map((resource) => [resource.name, z.toJSONSchema(sharedEntrySchemaOf(resource))]);
  return createHash('sha256').update(JSON.stringify(shapes)).digest('hex').slice(0, 8);
}

/** Options of {@link createSharedCodec}. */
export interface SharedCodecOptions {
  /** Refuses a value under the key of another message; the answers to a test key are about any message. */
  readonly checksMatch: boolean;
  readonly clock: SharedClock;
}

/** A codec for one account. */
export function createSharedCodec({ checksMatch, clock }: SharedCodecOptions): SharedCodec {
  function toEntry<Value extends BsgValue>({ resource, id }: StatusKey<Value>, json: unknown): Entry<Value> | null {
    const shared = parse(schemas.get(resource) as z.ZodType<SharedEntry<Value>>, json);
    if (shared === null) return null;
    const isRefused = checksMatch && !isFailure(shared.result) && !resource.matches(shared.result, id);
    return isRefused ? null : fromShared(shared, clock.offsetMs);
  }
  return {
    encodeEntry: (entry) => JSON.stringify(toShared(entry, clock.offsetMs)),
    decodeEntry: (key, json) => toEntry(key, parseJson(json)),
    decodeFailure: (json) => parse(failureSchema, parseJson(json)),
    encodeChange: ({ from, keys, entry }) =>
      JSON.stringify({ from, keys: keys.map(({ text }) => text), entry: entry && toShared(entry, clock.offsetMs) }),
    decodeChange(json) {
      const change = parse(changeSchema, parseJson(json));
      if (change === null) return null;
      const { from } = change;
      const keys = change.keys.map(parseKey).filter((key) => key !== null);
      if (change.entry === null) return { from, keys, entry: null };
      const entries = keys.map((key) => toEntry(key, change.entry));
      const entry = entries.find((each) => each !== null) ?? null;
      return entry === null ? null : { from, keys: keys.filter((_, i) => entries[i] !== null), entry };
    },
  };
}

function parse<Value>(schema: z.ZodType<Value>, json: unknown): Value | null {
  return schema.safeParse(json).data ?? null;
}

function parseJson(json: string | null): unknown {
  try {
    return json === null ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
