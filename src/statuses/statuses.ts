import { type BsgFailure, isFailure, isUnavailable } from '../bsg/failure.ts';
import { Gathering } from '../bsg/gathering.ts';
import { asRequested, type BsgValue, type StatusKey } from '../bsg/resource.ts';
import { inSpan } from '../spans.ts';
import type { CachePolicy } from './cache-policy.ts';
import type { Entry } from './entry.ts';
import type { Outcome } from './outcome.ts';
import { noReadObserver, type ReadObserver, type StatusRead, spanAttributesOf } from './read-observer.ts';
import { type Reader, Refresher, type RefresherOptions } from './refresh.ts';
import { type Flight, SingleFlight } from './single-flight.ts';
import { type ChangeListener, type Purpose, TwoTierCache } from './two-tier-cache.ts';

/** Options of {@link createStatuses}. */
export interface StatusesOptions extends Omit<RefresherOptions, 'cache'> {
  readonly policy: CachePolicy;
  /** Entries in memory, at most. A message takes two: by id and by reference. */
  readonly maxEntries: number;
}

/** Cached reads of statuses. Failures are values: no call rejects but on a bug. */
export interface Statuses {
  /** Reads a value for each key, in their order; where BSG is unavailable, a stale one for a while. */
  getAll<Value extends BsgValue>(
    keys: readonly StatusKey<Value>[],
    observer?: ReadObserver,
  ): Promise<readonly (Value | BsgFailure)[]>;
  /** The same for one key. */
  get<Value extends BsgValue>(key: StatusKey<Value>, observer?: ReadObserver): Promise<Value | BsgFailure>;
  /** Reads a value for subscribers: never a stale one, as an outage is an event of theirs, and one that was cached recently. */
  poll<Value extends BsgValue>(key: StatusKey<Value>, observer?: ReadObserver): Promise<Value | BsgFailure>;
  /** The entry in memory that a query would get now; null where it would get none without a fetch. Counts as use of the entry. */
  freshEntry<Value extends BsgValue>(key: StatusKey<Value>): Entry<Value> | null;
  /** Makes the next read of the keys, on every instance, fetch again. A final status stays if that fetch fails. */
  invalidate(keys: readonly StatusKey[]): Promise<void>;
  /** The change feed: results as they are cached, here or on another instance, and null for invalidated keys. One listener. */
  onChange(listener: ChangeListener): void;
}

/**
 * A read goes through these steps and ends at the first that answers: a fresh entry in memory, a malformed key, a fetch that
 * is already in flight, the shared cache, BSG. Where BSG is unavailable, a stale value is served (stale-if-error).
 */
export function createStatuses(options: StatusesOptions): Statuses {
  const singleFlight = new SingleFlight();
  const cache = new TwoTierCache({
    ...options,
    onInvalidate: (key, nowMs) => singleFlight.invalidate(key, nowMs),
    isInFlight: (key) => singleFlight.of(key) !== null,
  });
  const refresher = new Refresher({ ...options, cache });

  /** The outcome of a read that waits for nothing; null where it has to. */
  function readNow<Value extends BsgValue>(
    key: StatusKey<Value>,
    known: Entry<Value> | null,
    purpose: Purpose,
  ): Outcome<Value> | null {
    if (known !== null && cache.isFresh(key, known, purpose))
      return { result: known.result, entry: known, stale: null, tier: 'memory' };
    // Malformed keys stay out of the caches.
    const invalid = key.resource.validate(key.id);
    return invalid === null ? null : { result: invalid, entry: null, stale: null, tier: null };
  }

  function readThrough<Value extends BsgValue>(
    keys: readonly StatusKey<Value>[],
    reader: Reader,
  ): Promise<readonly Outcome<Value>[]> {
    const started: Flight<Value>[] = [];
    const outcomes: Outcome<Value>[] = [];
    const gathering = new Gathering<Outcome<Value>>(keys.length, (outcome, place) => {
      outcomes[place] = outcome;
    });
    keys.forEach((key, place) => {
      const known = cache.get(key);
      const outcome = readNow(key, known, reader.purpose);
      const inFlight = outcome === null ? singleFlight.of(key) : null;
      if (outcome !== null) gathering.put(place, outcome);
      else if (inFlight !== null) inFlight.join({ gathering, place });
      else started.push(singleFlight.start(key, known, { gathering, place }));
    });
    if (started.length > 0) void refresher.refresh(started, reader);
    return gathering.ended.then(() => outcomes);
  }

  function read<Value extends BsgValue>(
    keys: readonly StatusKey<Value>[],
    purpose: Purpose,
    observer: ReadObserver = noReadObserver,
  ): Promise<readonly (Value | BsgFailure)[]> {
    return inSpan(
      'status.read',
      () => ({}),
      async (span) => {
        const outcomes = await readThrough(keys, { purpose, observer });
        const reads: StatusRead[] = [];
        const results = outcomes.map((outcome, i) => {
          const key = keys[i] as StatusKey<Value>;
          const { result, entry, tier } = servedOf(outcome, purpose);
          if (tier !== null) reads.push({ key, tier, outcome: isFailure(result) ? result.code : 'found', entry });
          return asRequested(result, key);
        });
        for (const read of reads) observer.onRead(read);
        if (span?.isRecording()) span.setAttributes(spanAttributesOf(reads));
        return results;
      },
    );
  }

  return {
    getAll: (keys, observer) => read(keys, 'query', observer),
    get: (key, observer) => read([key], 'query', observer).then(only),
    poll: (key, observer) => read([key], 'poll', observer).then(only),
    freshEntry(key) {
      const entry = cache.get(key);
      return entry !== null && cache.isFresh(key, entry, 'query') ? entry : null;
    },
    invalidate: (keys) => cache.invalidate(keys),
    onChange: (listener) => cache.onChange(listener),
  };
}

/** What a read returns, and from where. */
type Served<Value extends BsgValue> = Omit<Outcome<Value>, 'stale'>;

/** The outcome with the stale value, marked as such, in place of a failure, where there is one. A poll never gets it. */
function servedOf<Value extends BsgValue>(outcome: Outcome<Value>, purpose: Purpose): Served<Value> {
  const { result, stale } = outcome;
  if (purpose === 'poll' || stale === null || isFailure(stale.result) || !isUnavailable(result)) return outcome;
  return { result: { ...stale.result, isStale: true }, entry: stale, tier: 'stale' };
}

function only<Result>([result]: readonly Result[]): Result {
  return result as Result;
}
