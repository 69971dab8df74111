import type { BsgFailure } from '../bsg/failure.ts';
import type { Tier } from '../bsg/observer.ts';
import type { BsgValue } from '../bsg/resource.ts';

/** The outcome of a read. */
export interface Outcome<Value extends BsgValue = BsgValue> {
  readonly result: Value | BsgFailure;
  /** What may be served where the result is that BSG is unavailable; null: nothing. */
  readonly staleResult: Value | BsgFailure | null;
  /** Null for a malformed key, which is not read. */
  readonly tier: Tier | null;
}
