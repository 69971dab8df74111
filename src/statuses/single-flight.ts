import type { Fetch } from '../bsg/client.ts';
import type { BsgFailure } from '../bsg/failure.ts';
import type { Gathering } from '../bsg/gathering.ts';
import { KeyMap } from '../bsg/key-map.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { MonotonicMs } from '../monotonic-clock.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './outcome.ts';

/** One read that waits for a flight, by its place among those that are awaited together. */
export interface Waiting<Value extends BsgValue> {
  readonly gathering: Gathering<Outcome<Value>>;
  readonly place: number;
}

/** One fetch that any number of reads wait for. */
export class Flight<Value extends BsgValue = BsgValue> implements Fetch<Value> {
  readonly key: StatusKey<Value>;
  /** The newest entry that is known beside the fetch. */
  known: Entry<Value> | null;
  /** When its key was invalidated since it began, as its result may be older than the reason; null: never. */
  invalidatedAtMs: MonotonicMs | null = null;
  readonly #flights: SingleFlight;
  /** The read that began it, without an object of its own: a batch has a hundred flights, and most have no other read. */
  readonly #gathering: Gathering<Outcome<Value>>;
  readonly #place: number;
  /** Those that joined it. */
  #others: Waiting<Value>[] | null = null;
  #hasEnded = false;

  /** Call `SingleFlight.start`. */
  constructor(key: StatusKey<Value>, known: Entry<Value> | null, first: Waiting<Value>, flights: SingleFlight) {
    this.key = key;
    this.known = known;
    this.#gathering = first.gathering;
    this.#place = first.place;
    this.#flights = flights;
  }

  /** Of {@link known}. */
  get knownResult(): Value | BsgFailure | null {
    return this.known?.result ?? null;
  }

  /** Makes another read wait for it. */
  join(waiting: Waiting<Value>): void {
    this.#others ??= [];
    this.#others.push(waiting);
  }

  /** Ends it with its outcome, unless it has ended. */
  land(outcome: Outcome<Value>): void {
    if (!this.#end()) return;
    this.#gathering.put(this.#place, outcome);
    for (const { gathering, place } of this.#others ?? []) gathering.put(place, { ...outcome, tier: 'coalesced' });
  }

  /** Ends it with a bug, unless it has ended. */
  fail(bug: unknown): void {
    if (!this.#end()) return;
    this.#gathering.fail(bug);
    for (const { gathering } of this.#others ?? []) gathering.fail(bug);
  }

  /** Returns false where it has ended before. */
  #end(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#flights.remove(this);
    return true;
  }
}

/** Coalesces concurrent fetches of one key into one (single-flight), so that a cold key causes no cache stampede. */
export class SingleFlight {
  /** A key names its resource, so under it there are flights of that resource alone. */
  readonly #flights = new KeyMap<Flight>();

  /** The fetch in flight for the key; null where there is none. */
  of<Value extends BsgValue>(key: StatusKey<Value>): Flight<Value> | null {
    return this.#flights.get(key) as Flight<Value> | null;
  }

  /** Begins the fetch for the key, on behalf of the first read. Reads that come until it lands join it, unless the key is invalidated before. */
  start<Value extends BsgValue>(
    key: StatusKey<Value>,
    known: Entry<Value> | null,
    first: Waiting<Value>,
  ): Flight<Value> {
    const flight = new Flight(key, known, first, this);
    this.#flights.set(key, flight as unknown as Flight);
    return flight;
  }

  /** For a flight that ends. An invalidated one has been removed, and a later one of its key may be there. */
  remove<Value extends BsgValue>({ key, invalidatedAtMs }: Flight<Value>): void {
    if (invalidatedAtMs === null) this.#flights.delete(key);
  }

  /** Marks the fetch in flight for the key and lets nobody join it any more. */
  invalidate(key: StatusKey, nowMs: MonotonicMs): void {
    const flight = this.of(key);
    if (flight !== null) flight.invalidatedAtMs = nowMs;
    this.#flights.delete(key);
  }
}
