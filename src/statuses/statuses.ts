import { type Span, trace } from '@opentelemetry/api';
import { type BsgFailure, isFailure, isUnavailable } from '../bsg/failure.ts';
import { asRequested, type BsgValue, type StatusKey } from '../bsg/resource.ts';
import type { CachePolicy } from './cache-policy.ts';
import type { Outcome } from './outcome.ts';
import { noReadObserver, type ReadObserver, type StatusRead } from './read-observer.ts';
import { Refresher, type RefresherOptions } from './refresh.ts';
import { createSingleFlight } from './single-flight.ts';
import { type ChangeListener, type Purpose, TwoTierCache } from './two-tier-cache.ts';

/** Options of {@link createStatuses}. */
export interface StatusesOptions extends Omit<RefresherOptions, 'cache'> {
  readonly policy: CachePolicy;
  /** Entries in memory, at most. A message takes two: by id and by reference. */
  readonly maxEntries: number;
}

/** Cached reads of statuses. Failures are values: no call rejects but on a bug. */
export interface Statuses {
  /** Reads a value; where BSG is unavailable, a stale one for a while. */
  get<Value extends BsgValue>(key: StatusKey<Value>, observer?: ReadObserver): Promise<Value | BsgFailure>;
  /** Reads a value for subscribers: never a stale one, as an outage is an event of theirs, and one that was cached recently. */
  poll<Value extends BsgValue>(key: StatusKey<Value>, observer?: ReadObserver): Promise<Value | BsgFailure>;
  /** Makes the next read of the keys, on every instance, fetch again. A final status stays if that fetch fails. */
  invalidate(keys: readonly StatusKey[]): Promise<void>;
  /** The change feed: results as they are cached, here or on another instance, and null for invalidated keys. One listener. */
  onChange(listener: ChangeListener): void;
}

const tracer = trace.getTracer('bsg-graphql');

/**
 * A read goes through these steps and ends at the first that answers: a fresh entry in memory, a malformed key, a fetch that
 * is already in flight, the shared cache, BSG. Where BSG is unavailable, a stale value is served (stale-if-error).
 */
export function createStatuses(options: StatusesOptions): Statuses {
  const singleFlight = createSingleFlight();
  const cache = new TwoTierCache({
    ...options,
    onInvalidate: singleFlight.invalidate,
    isInFlight: (key) => singleFlight.join(key) !== null,
  });
  const refresher = new Refresher({ ...options, cache });

  async function readThrough<Value extends BsgValue>(
    key: StatusKey<Value>,
    purpose: Purpose,
    observer: ReadObserver,
  ): Promise<Outcome<Value>> {
    const known = cache.get(key);
    if (known !== null && cache.isFresh(key, known, purpose))
      return { result: known.result, entry: known, stale: null, tier: 'memory' };
    // Malformed keys stay out of the caches.
    const invalid = key.resource.validate(key.id);
    if (invalid !== null) return { result: invalid, entry: null, stale: null, tier: null };
    const inFlight = singleFlight.join(key);
    if (inFlight !== null) return { ...(await inFlight), tier: 'coalesced' };
    return singleFlight.start(key, (flight) => refresher.refresh({ key, known, purpose, flight, observer }));
  }

  function read<Value extends BsgValue>(
    key: StatusKey<Value>,
    purpose: Purpose,
    observer: ReadObserver = noReadObserver,
  ): Promise<Value | BsgFailure> {
    return tracer.startActiveSpan('status.read', async (span) => {
      try {
        const { result, entry, tier } = servedOf(await readThrough(key, purpose, observer), purpose);
        const outcome = isFailure(result) ? result.code : 'found';
        if (tier !== null) report(span, observer, { key: key as StatusKey, tier, outcome, entry });
        return asRequested(result, key);
      } finally {
        span.end();
      }
    });
  }

  return {
    get: (key, observer) => read(key, 'query', observer),
    poll: (key, observer) => read(key, 'poll', observer),
    invalidate: (keys) => cache.invalidate(keys),
    onChange: (listener) => cache.onChange(listener),
  };
}

/** The outcome with the stale value, marked as such, in place of a failure, where there is one. A poll never gets it. */
function servedOf<Value extends BsgValue>(outcome: Outcome<Value>, purpose: Purpose): Omit<Outcome<Value>, 'stale'> {
  const { result, stale } = outcome;
  if (purpose === 'poll' || stale === null || isFailure(stale.result) || !isUnavailable(result)) return outcome;
  return { result: { ...stale.result, isStale: true }, entry: stale, tier: 'stale' };
}

function report(span: Span, observer: ReadObserver, read: StatusRead): void {
  observer.onRead(read);
  span.setAttributes({ 'bsg.tier': read.tier, 'bsg.outcome': read.outcome });
}
