/** How an entry is written for other instances: with times of the clock that they share. */
import { z } from 'zod';
import { type BsgFailure, failureSchema } from '../bsg/failure.ts';
import type { BsgValue, Resource } from '../bsg/resource.ts';
import { addMs, type MonotonicMs, wholeMs } from '../monotonic-clock.ts';
import type { Entry } from './entry.ts';

/** An entry as it is written, see {@link Entry}; milliseconds of the clock that instances share. Plain JSON. */
export interface SharedEntry<Value extends BsgValue = BsgValue> {
  readonly result: Value | BsgFailure;
  readonly requestedAtMs: number;
  readonly freshUntilMs: number;
  readonly staleUntilMs: number;
  readonly recheck?: { readonly sinceMs: number; readonly freshUntilMs: number } | undefined;
}

/** Shape of the entries of one resource in a shared cache. */
export function sharedEntrySchemaOf<Value extends BsgValue>(resource: Resource<Value>): z.ZodType<SharedEntry<Value>> {
  return z.strictObject({
    result: z.union([resource.schema, failureSchema]),
    requestedAtMs: z.number(),
    freshUntilMs: z.number(),
    staleUntilMs: z.number(),
    recheck: z.strictObject({ sinceMs: z.number(), freshUntilMs: z.number() }).optional(),
  });
}

/** The entry as it is written. `offsetMs` is what the shared clock is ahead of this process's. */
export function toShared<Value extends BsgValue>(entry: Entry<Value>, offsetMs: number): SharedEntry<Value> {
  const { requestedAtMs, freshUntilMs, staleUntilMs, recheck } = entry;
  return {
    ...entry,
    requestedAtMs: requestedAtMs + offsetMs,
    freshUntilMs: freshUntilMs + offsetMs,
    staleUntilMs: staleUntilMs + offsetMs,
    recheck: recheck && { sinceMs: recheck.sinceMs + offsetMs, freshUntilMs: recheck.freshUntilMs + offsetMs },
  };
}

/** The entry of this process for one that was read. */
export function fromShared<Value extends BsgValue>(shared: SharedEntry<Value>, offsetMs: number): Entry<Value> {
  const local = (sharedMs: number) => addMs(sharedMs as MonotonicMs, -offsetMs);
  const { result, requestedAtMs, freshUntilMs, staleUntilMs, recheck } = shared;
  return {
    result,
    requestedAtMs: local(requestedAtMs),
    freshUntilMs: wholeMs(local(freshUntilMs)),
    staleUntilMs: wholeMs(local(staleUntilMs)),
    ...(recheck && {
      recheck: { sinceMs: local(recheck.sinceMs), freshUntilMs: wholeMs(local(recheck.freshUntilMs)) },
    }),
  };
}
