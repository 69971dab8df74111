import type { BsgFailure } from '../bsg/failure.ts';
import type { BsgValue } from '../bsg/resource.ts';
import type { Entry } from './entry.ts';
import type { Tier } from './read-observer.ts';

/** The outcome of a read. */
export interface Outcome<Value extends BsgValue = BsgValue> {
  readonly result: Value | BsgFailure;
  /** The cached entry that holds the result; null where it is not cached. */
  readonly entry: Entry<Value> | null;
  /** What may be served where the result is that BSG is unavailable; null: nothing. */
  readonly stale: Entry<Value> | null;
  /** Null for a malformed key, which is not read. */
  readonly tier: Tier | null;
}
