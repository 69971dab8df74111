import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './outcome.ts';

/** One fetch that any number of reads wait for. */
export class Flight<Value extends BsgValue = BsgValue> {
  readonly key: StatusKey<Value>;
  /** The newest entry that is known beside the fetch. */
  known: Entry<Value> | null;
  /** When its key was invalidated since it began, as its result may be older than the reason; milliseconds since 1970. Null: never. */
  invalidatedAtMs: number | null = null;
  /** Resolves when it lands. Rejects on a bug. */
  readonly outcome: Promise<Outcome<Value>>;
  readonly #onEnd: () => void;
  readonly #settle: { resolve(outcome: Outcome<Value>): void; reject(bug: unknown): void };

  constructor(key: StatusKey<Value>, known: Entry<Value> | null, onEnd: () => void) {
    this.key = key;
    this.known = known;
    this.#onEnd = onEnd;
    const settle = { resolve: (_: Outcome<Value>) => {}, reject: (_: unknown) => {} };
    this.outcome = new Promise((resolve, reject) => {
      settle.resolve = resolve;
      settle.reject = reject;
    });
    this.#settle = settle;
  }

  /** Ends it with its outcome. */
  land(outcome: Outcome<Value>): void {
    this.#onEnd();
    this.#settle.resolve(outcome);
  }

  /** Ends it with a bug, unless it has ended. */
  fail(bug: unknown): void {
    this.#onEnd();
    this.#settle.reject(bug);
  }
}

/** Coalesces concurrent fetches of one key into one (single-flight), so that a cold key causes no cache stampede. */
export class SingleFlight {
  /** The text of a key names its resource, so under it there are flights of that resource alone. */
  readonly #flights = new Map<string, Flight>();

  /** The fetch in flight for the key; null where there is none. */
  of<Value extends BsgValue>({ text }: StatusKey<Value>): Flight<Value> | null {
    return (this.#flights.get(text) ?? null) as Flight<Value> | null;
  }

  /** Begins the fetch for the key. Reads that come until it lands join it, unless the key is invalidated before. */
  start<Value extends BsgValue>(key: StatusKey<Value>, known: Entry<Value> | null): Flight<Value> {
    const flight = new Flight(key, known, () => {
      if (this.of(key) === flight) this.#flights.delete(key.text);
    });
    this.#flights.set(key.text, flight as Flight);
    return flight;
  }

  /** Marks the fetch in flight for the key and lets nobody join it any more. */
  invalidate(key: StatusKey, nowMs: number): void {
    const flight = this.of(key);
    if (flight !== null) flight.invalidatedAtMs = nowMs;
    this.#flights.delete(key.text);
  }
}
