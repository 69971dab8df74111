import { setTimeout as pause } from 'node:timers/promises';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
} from 'cockatiel';
import { type BsgFailure, failure, isFailure, originOf } from '../bsg/failure.ts';

/** Options of {@link createCircuitBreaker}. */
export interface CircuitBreakerOptions {
  /** Outages in a row after which it opens. */
  readonly failuresInARow: number;
  /** How long it stays open, unless BSG's `Retry-After` is longer (5 minutes at most); then one fetch probes BSG. Milliseconds. */
  readonly probeAfterMs: number;
  /** Called when it opens and when it closes. */
  readonly onChange?: (isOpen: boolean) => void;
}

/** A circuit breaker over all fetches: open, half-open while one fetch probes BSG, closed. */
export interface CircuitBreaker {
  /** The failure to return at once while it is open; null where BSG may be tried. */
  rejection(subject: string): BsgFailure | null;
  /** Runs a fetch unless it is open. While it is half-open, a caller without a stale value waits briefly for the probe. */
  execute<Result extends { readonly kind: string }>(
    subject: string,
    hasStaleValue: boolean,
    fetch: () => Promise<Result | BsgFailure>,
  ): Promise<Result | BsgFailure>;
  readonly isOpen: boolean;
}

const MAX_OPEN_MS = 5 * 60_000;

/** How long after its start others wait for the probe: enough for a BSG that is back, too short to hang with one that is not. */
const PROBE_WAIT_MS = 500;

/** Opens after some outages in a row. Only failures with `isOutage` count, and those of one request as one. */
export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const { failuresInARow, probeAfterMs, onChange } = options;
  const outages = createOutages();
  const probe = createProbe();
  let openUntilMs = 0;
  /** Grows with every change of state: a fetch that began before one says nothing about the state after it. */
  let generation = 0;

  const openMs = () => Math.max(probeAfterMs, Math.min((outages.last.retryAfterSeconds ?? 0) * 1_000, MAX_OPEN_MS));
  const policy = circuitBreaker(handleWhenResult(isJudgedOutage), {
    breaker: new ConsecutiveBreaker(failuresInARow),
    halfOpenAfter: new DelegateBackoff(openMs),
  });
  policy.onBreak(() => {
    openUntilMs = Date.now() + openMs();
    generation++;
    onChange?.(true);
  });
  policy.onReset(() => {
    generation++;
    onChange?.(false);
  });

  function rejectionNow(subject: string): BsgFailure {
    const retryAfterSeconds = Math.max(1, Math.ceil((openUntilMs - Date.now()) / 1_000));
    const message = 'BSG is unavailable (circuit breaker open).';
    return failure(outages.last.code, subject, { message, retryAfterSeconds });
  }

  return {
    get isOpen() {
      return policy.state !== CircuitState.Closed;
    },
    rejection: (subject) =>
      policy.state === CircuitState.Open && Date.now() < openUntilMs ? rejectionNow(subject) : null,
    async execute(subject, hasStaleValue, fetch) {
      if (policy.state === CircuitState.HalfOpen && !hasStaleValue) await probe.wait();
      if (policy.state === CircuitState.HalfOpen) return rejectionNow(subject);
      try {
        const isProbe = policy.state === CircuitState.Open;
        const begunIn = generation;
        const judged = policy.execute(async () => outages.judge(await fetch(), () => begunIn === generation));
        if (isProbe) probe.begin(judged);
        return (await judged).result;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return rejectionNow(subject);
        if (error instanceof CountedOutage) return error.failure;
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
    judge<Result extends { readonly kind: string }>(result: Result | BsgFailure, isCurrent: () => boolean) {
      if (!isFailure(result) || !result.isOutage || !isCurrent()) return { result, isOutage: false };
      const origin = originOf(result);
      // What is thrown counts neither as an outage nor as a success.
      if (origin !== null && counted.has(origin)) throw new CountedOutage(result);
      if (origin !== null) counted.add(origin);
      last = result;
      return { result, isOutage: true };
    },
  };
}

/** The fetch that probes BSG while the circuit breaker is half-open. */
function createProbe() {
  let startedAtMs = 0;
  let ended = Promise.resolve<unknown>(null);
  return {
    begin(result: Promise<unknown>): void {
      startedAtMs = Date.now();
      ended = result.catch(() => null);
    },
    async wait(): Promise<void> {
      const waitMs = startedAtMs + PROBE_WAIT_MS - Date.now();
      if (waitMs > 0) await Promise.race([ended, pause(waitMs, null, { ref: false })]);
    },
  };
}

/** The failure of one id of a request whose outage has been counted already. */
class CountedOutage extends Error {
  readonly failure: BsgFailure;
  constructor(failure: BsgFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function isJudgedOutage(judged: unknown): boolean {
  return typeof judged === 'object' && judged !== null && 'isOutage' in judged && judged.isOutage === true;
}
