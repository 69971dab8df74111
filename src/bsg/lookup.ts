import {
  bulkhead,
  DelegateBackoff,
  handleResultType,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { retryDelayMs } from './retry.ts';
import type { HttpAnswer, Transport, TransportFault } from './transport.ts';

/** The bounds of one look-up. */
export interface LookupOptions {
  readonly transport: Transport;
  /** The whole look-up: waiting for its turn, all attempts, and the time between them. One attempt may take half of it. */
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

/** What one attempt ended with, and when the next one may start; a class, as the retry policy tells results apart by it. */
class Attempt {
  readonly result: HttpAnswer | TransportFault;
  readonly retryInMs: number | null;

  constructor(result: HttpAnswer | TransportFault, retryInMs: number | null) {
    this.result = result;
    this.retryInMs = retryInMs;
  }
}

/**
 * Makes a look-up out of single attempts: bounded in time and number, tried again where that can help. Never rejects but
 * on a bug.
 */
export function createLookup(options: LookupOptions): (path: string) => Promise<HttpAnswer | TransportFault> {
  const { transport, timeoutMs, retries, maxConcurrency, now, random } = options;
  // The outer deadline also frees a caller that still waits for its turn; the inner one only aborts the call.
  const policy = wrap(
    timeout(timeoutMs, TimeoutStrategy.Aggressive),
    retry(
      handleResultType(Attempt, ({ retryInMs }) => retryInMs !== null),
      { maxAttempts: retries, backoff: new DelegateBackoff(delayBeforeRetry) },
    ),
    bulkhead(maxConcurrency, Number.POSITIVE_INFINITY),
    timeout(Math.ceil(timeoutMs / 2), TimeoutStrategy.Cooperative),
  );

  return async (path) => {
    const deadline = now() + timeoutMs;
    try {
      const { result } = await policy.execute(async ({ attempt, signal }) => {
        const result = await transport.get(path, signal);
        return new Attempt(result, retryDelayMs({ result, attempt, remainingMs: deadline - now(), random }));
      });
      return result;
    } catch (error) {
      if (error instanceof TaskCancelledError) return { code: 'TIMEOUT' };
      throw error;
    }
  };
}

function delayBeforeRetry({ result }: { result: { value: unknown } | { error: Error } }): number {
  return 'value' in result && result.value instanceof Attempt ? (result.value.retryInMs ?? 0) : 0;
}
