import { setTimeout as pause } from 'node:timers/promises';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  ConstantBackoff,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';
import { type BsgFailure, failure, isFailure, originOf } from '../bsg/failure.ts';
import { addMs, LONG_AGO, type MonotonicClock, monotonicNow } from '../monotonic-clock.ts';

/** Options of {@link createCircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Outages in a row after which it opens. */
  readonly failuresInARow: number;
  /** How long it stays open, unless BSG's `Retry-After` is longer (5 minutes at most); then one fetch probes BSG. Milliseconds. */
  readonly probeAfterMs: number;
  /** Called when it opens and when it closes. */
  readonly onChange?: (isOpen: boolean) => void;
  /** Clock for durations. @default `monotonicNow` */
  readonly now?: MonotonicClock;
}

/** A circuit breaker over all fetches: open, half-open while one fetch probes BSG, closed. */
export interface CircuitBreaker {
  /** Whether BSG is not to be tried now. */
  readonly isRejecting: boolean;
  /** The failure to return in place of a fetch. */
  rejection(subject: string): BsgFailure;
  /** Begins fetches while it is closed. Returns what has to be called with the result of each. */
  beginFetches(): (result: { readonly kind: string }) => void;
  /**
   * Runs a fetch while it is open or half-open, if it is time to probe BSG. While it is half-open, a caller without a stale value
   * waits briefly for the probe.
   */
  execute<Result extends { readonly kind: string }>(
    subject: string,
    hasStaleValue: boolean,
    fetch: () => Promise<Result | BsgFailure>,
  ): Promise<Result | BsgFailure>;
  /** Whether it is open or half-open. */
  readonly isOpen: boolean;
}

const MAX_OPEN_MS = 5 * 60_000;

/** How long after its start others wait for the probe: enough for a BSG that is back, too short to hang with one that is not. */
const PROBE_WAIT_MS = 500;

/** Opens after some outages in a row. Only failures with `isOutage` count, and those of one request as one. */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { failuresInARow, probeAfterMs, onChange, now = monotonicNow } = options;
  const outages = createOutages();
  const probe = createProbe(now);
  let openUntilMs = LONG_AGO;
  /** Grows with every change of state: a fetch that began before one says nothing about the state after it. */
  let generation = 0;
  let wasOutage = false;

  const openMs = () => Math.max(probeAfterMs, Math.min((outages.last.retryAfterSeconds ?? 0) * 1_000, MAX_OPEN_MS));
  const policy = circuitBreaker(handleWhenResult(isJudgedOutage), {
    breaker: new ConsecutiveBreaker(failuresInARow),
    // The library measures this by the time of day, which can be set back: any fetch may probe, and `isRejecting` decides when.
    halfOpenAfter: new ConstantBackoff(Number.NEGATIVE_INFINITY),
  });
  policy.onBreak(() => {
    openUntilMs = addMs(now(), openMs());
    generation++;
    onChange?.(true);
  });
  policy.onReset(() => {
    generation++;
    onChange?.(false);
  });

  function rejection(subject: string): BsgFailure {
    const retryAfterSeconds = Math.max(1, Math.ceil((openUntilMs - now()) / 1_000));
    const message = 'BSG is unavailable (circuit breaker open).';
    return failure(outages.last.code, subject, { message, retryAfterSeconds });
  }

  const isRejecting = () => policy.state === CircuitState.Open && now() < openUntilMs;
  const admitsNoFetch = () => isRejecting() || policy.state === CircuitState.HalfOpen;

  return {
    get isOpen() {
      return policy.state !== CircuitState.Closed;
    },
    get isRejecting() {
      return isRejecting();
    },
    rejection,
    beginFetches() {
      const begunIn = generation;
      return (result) => {
        if (begunIn !== generation) return;
        const isOutage = outages.judge(result);
        // A success matters where it ends a row of outages.
        if (isOutage === null || (!isOutage && !wasOutage)) return;
        wasOutage = isOutage;
        void policy.execute(async () => ({ isOutage }));
      };
    },
    async execute(subject, hasStaleValue, fetch) {
      if (policy.state === CircuitState.HalfOpen && !hasStaleValue) await probe.wait();
      if (admitsNoFetch()) return rejection(subject);
      try {
        const isProbe = policy.state === CircuitState.Open;
        const begunIn = generation;
        const judged = policy.execute(async () => {
          const result = await fetch();
          const isOutage = begunIn === generation ? outages.judge(result) : false;
          // What is thrown counts neither as an outage nor as a success.
          if (isOutage === null) throw new CountedOutage(result);
          return { result, isOutage };
        });
        if (isProbe) probe.begin(judged);
        return (await judged).result;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return rejection(subject);
        if (error instanceof CountedOutage) return error.result;
        throw error;
      }
    },
  };
}

/** Which results are outages. */
function createOutages() {
  const counted = new WeakSet<object>();
  let last = failure('NETWORK', '');
  return {
    get last() {
      return last;
    },
    /** Whether a result is an outage; null for one that another fetch of the same request has had counted. */
    judge(result: { readonly kind: string }): boolean | null {
      if (!isFailure(result) || !result.isOutage) return false;
      const origin = originOf(result);
      if (origin !== null && counted.has(origin)) return null;
      if (origin !== null) counted.add(origin);
      last = result;
      return true;
    },
  };
}

/** The fetch that probes BSG while the circuit breaker is half-open. */
function createProbe(now: MonotonicClock) {
  let startedAtMs = LONG_AGO;
  let ended = Promise.resolve<unknown>(null);
  return {
    begin(result: Promise<unknown>): void {
      startedAtMs = now();
      ended = result.catch(() => null);
    },
    async wait(): Promise<void> {
      const waitMs = addMs(startedAtMs, PROBE_WAIT_MS) - now();
      if (waitMs > 0) await Promise.race([ended, pause(waitMs, null, { ref: false })]);
    },
  };
}

/** The failure of one id of a request whose outage has been counted already. */
class CountedOutage<Result> extends Error {
  readonly result: Result;
  constructor(result: Result) {
    super('Counted already.');
    this.result = result;
  }
}

function isJudgedOutage(judged: unknown): boolean {
  return typeof judged === 'object' && judged !== null && 'isOutage' in judged && judged.isOutage === true;
}
