import { DelegateBackoff, handleResultType, retry, TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel';
import pLimit from 'p-limit';
import type { HttpAnswer, TransportFault } from './call.ts';
import type { RequestObserver } from './observer.ts';
import { retryDelayMs } from './retry.ts';
import type { Transport } from './transport.ts';

/** The bounds of one look-up. */
export interface LookupOptions {
  readonly transport: Transport;
  /** What a look-up usually gets. One attempt may take half of it, or all of it where no other may follow. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Calls to BSG under way at once; further ones wait for their turn. */
  readonly maxConcurrency: number;
  /** The clock; milliseconds. */
  readonly now: () => number;
  /** From 0 up to 1; spreads the attempts of many look-ups that failed together. */
  readonly random: () => number;
}

const OUT_OF_TIME: TransportFault = { code: 'TIMEOUT' };

/** BSG answered others while this one waited: a batch that is too large for the time of a look-up is no outage. */
const OUT_OF_TURN: TransportFault = {
  code: 'TIMEOUT',
  message: 'More was asked of BSG at once than it answers in time, and the turn of this one came too late.',
  isOutage: false,
};

/** What one attempt ended with, and when the next one may start. The retry policy tells results apart by their class. */
class Attempt {
  readonly result: HttpAnswer | TransportFault;
  readonly retryInMs: number | null;

  constructor(result: HttpAnswer | TransportFault, retryInMs: number | null) {
    this.result = result;
    this.retryInMs = retryInMs;
  }
}

/**
 * Makes a look-up out of single attempts, as many as help and are allowed. `deadlineMs` is the moment at which it ends as
 * `TIMEOUT`: waiting for its turn, all attempts and the time between them come before that. Rejects only on a bug.
 */
export function createLookup(
  options: LookupOptions,
): (path: string, deadlineMs: number, observer: RequestObserver) => Promise<HttpAnswer | TransportFault> {
  const { transport, timeoutMs, retries, maxConcurrency, now, random } = options;
  const attemptTimeoutMs = retries === 0 ? timeoutMs : Math.ceil(timeoutMs / 2);
  // Not cockatiel's bulkhead: 3.2.1 stops working off its queue at the first entry whose caller has gone.
  const inTurn = pLimit(maxConcurrency);
  const attemptTimeout = timeout(attemptTimeoutMs, TimeoutStrategy.Cooperative);
  const retrying = retry(
    handleResultType(Attempt, ({ retryInMs }) => retryInMs !== null),
    { maxAttempts: retries, backoff: new DelegateBackoff(delayBeforeRetry) },
  );

  let answeredAtMs = Number.NEGATIVE_INFINITY;

  async function attemptOnce(
    path: string,
    signal: AbortSignal,
    observer: RequestObserver,
    onTurn: () => void,
  ): Promise<HttpAnswer | TransportFault> {
    return inTurn(async () => {
      // Whose turn comes after its deadline lets the next one pass.
      if (signal.aborted) return OUT_OF_TIME;
      onTurn();
      const result = await attemptTimeout.execute((attempt) => transport.get(path, attempt.signal, observer), signal);
      if ('status' in result && result.status < 500) answeredAtMs = now();
      return result;
    });
  }

  return async (path, deadlineMs, observer) => {
    const startedAtMs = now();
    let hadItsTurn = false;
    const onTurn = () => {
      hadItsTurn ||= deadlineMs - now() >= timeoutMs / 2;
    };
    const timedOut = () => (!hadItsTurn && answeredAtMs >= startedAtMs ? OUT_OF_TURN : OUT_OF_TIME);
    const attemptAndJudge = async ({ attempt, signal }: { attempt: number; signal: AbortSignal }) => {
      const result = await attemptOnce(path, signal, observer, onTurn);
      return new Attempt(result, retryDelayMs({ result, attempt, remainingMs: deadlineMs - now(), random }));
    };
    // Frees also a caller that still waits for its turn; the deadline of an attempt only aborts the call.
    const withinDeadline = timeout(Math.max(0, deadlineMs - now()), TimeoutStrategy.Aggressive);
    try {
      const { result } = await withinDeadline.execute(({ signal }) => retrying.execute(attemptAndJudge, signal));
      return 'code' in result && result.code === 'TIMEOUT' ? timedOut() : result;
    } catch (error) {
      if (error instanceof TaskCancelledError) return timedOut();
      throw error;
    }
  };
}

function delayBeforeRetry({ result }: { result: { value: unknown } | { error: Error } }): number {
  return 'value' in result && result.value instanceof Attempt ? (result.value.retryInMs ?? 0) : 0;
}
