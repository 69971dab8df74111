import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Outcome } from './outcome.ts';

/** One fetch that any number of callers wait for. */
export interface Flight {
  /** When its key was invalidated since it began, as its result may be older than the reason; milliseconds since 1970. Null: never. */
  invalidatedAtMs: number | null;
}

/** Coalesces concurrent fetches of one key into one (single-flight), so that a cold key causes no cache stampede. */
export interface SingleFlight {
  /** The outcome of the fetch in flight for the key; null where there is none. */
  join<Value extends BsgValue>(key: StatusKey<Value>): Promise<Outcome<Value>> | null;
  /** Starts the fetch for the key. Callers that come until it ends join it, unless the key is invalidated before. */
  start<Value extends BsgValue>(
    key: StatusKey<Value>,
    fetch: (flight: Flight) => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>>;
  /** Marks the fetch in flight for the key and lets nobody join it any more. */
  invalidate(key: StatusKey, nowMs: number): void;
}

/** No fetch in flight at first. The text of a key names its resource, so under it there are outcomes of that resource alone. */
export function createSingleFlight(): SingleFlight {
  const inFlight = new Map<string, { readonly flight: Flight; readonly outcome: Promise<Outcome> }>();
  return {
    join: <Value extends BsgValue>({ text }: StatusKey<Value>) =>
      (inFlight.get(text)?.outcome ?? null) as Promise<Outcome<Value>> | null,
    start({ text }, fetch) {
      const flight: Flight = { invalidatedAtMs: null };
      const outcome = fetch(flight).finally(() => {
        if (flight.invalidatedAtMs === null) inFlight.delete(text);
      });
      inFlight.set(text, { flight, outcome });
      return outcome;
    },
    invalidate({ text }, nowMs) {
      const current = inFlight.get(text);
      if (current !== undefined) current.flight.invalidatedAtMs = nowMs;
      inFlight.delete(text);
    },
  };
}
