import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { RequestObserver } from './observer.ts';
import { retryDelayMs } from './retry.ts';
import type { HttpResponse, Transport, TransportError } from './transport.ts';

/** Options of {@link createRequest}. */
export interface RequestOptions {
  readonly transport: Transport;
  /** Usual deadline of a request. One attempt gets half of it, or all of it without retries. Milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Attempts in flight at once; further ones queue. */
  readonly maxConcurrency: number;
  /** The clock; milliseconds. */
  readonly now: () => number;
  /** From 0 up to 1; spreads the retries of requests that failed together. */
  readonly random: () => number;
}

/**
 * Sends a GET, with as many attempts as help. At `deadlineMs` it ends as `TIMEOUT`: queueing, all attempts and the pauses
 * between them come before that. Rejects only on a bug.
 */
export type SendRequest = (
  path: string,
  deadlineMs: number,
  observer: RequestObserver,
) => Promise<HttpResponse | TransportError>;

/** One request on its way through the queue and its attempts. */
interface Progress {
  readonly path: string;
  readonly deadlineMs: number;
  readonly startedAtMs: number;
  readonly observer: RequestObserver;
  /** Whether an attempt began while at least half of the usual deadline was left. */
  hadItsTurn: boolean;
  /** Whether the caller has given up: its place in the queue passes to the next one. */
  isAbandoned: boolean;
}

const TIMED_OUT: TransportError = { code: 'TIMEOUT' };

/** BSG answered others while this one queued: a batch that is too large for the deadline is no outage. */
const TIMED_OUT_QUEUED: TransportError = {
  code: 'TIMEOUT',
  message: 'Timed out while queued for BSG (see BSG_MAX_CONCURRENCY).',
  isOutage: false,
};

/** Deadline, queue and retries around the transport. */
export function createRequest(options: RequestOptions): SendRequest {
  const { transport, timeoutMs, retries, maxConcurrency, now, random } = options;
  const attemptTimeoutMs = retries === 0 ? timeoutMs : Math.ceil(timeoutMs / 2);
  // Not cockatiel's bulkhead: 3.2.1 stops serving its queue at the first entry whose caller has given up.
  const limit = pLimit(maxConcurrency);
  let respondedAtMs = Number.NEGATIVE_INFINITY;

  /** One attempt, once a place is free; `TIMEOUT` where none is before the deadline. */
  function attemptInTurn(progress: Progress): Promise<HttpResponse | TransportError> {
    const isFree = limit.activeCount + limit.pendingCount < maxConcurrency;
    const attempt = limit(() => attemptOnce(progress));
    return isFree ? attempt : abandonAtDeadline(attempt, progress);
  }

  async function attemptOnce(progress: Progress): Promise<HttpResponse | TransportError> {
    const remainingMs = progress.deadlineMs - now();
    if (progress.isAbandoned || remainingMs <= 0) return TIMED_OUT;
    progress.hadItsTurn ||= remainingMs >= timeoutMs / 2;
    const abort = new AbortController();
    const timer = setDeadline(() => abort.abort(), Math.min(attemptTimeoutMs, remainingMs));
    try {
      const result = await transport.get(progress.path, abort.signal, progress.observer);
      if ('status' in result && result.status < 500) respondedAtMs = now();
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  async function abandonAtDeadline(
    attempt: Promise<HttpResponse | TransportError>,
    progress: Progress,
  ): Promise<HttpResponse | TransportError> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<TransportError>((resolve) => {
      timer = setDeadline(() => {
        progress.isAbandoned = true;
        resolve(TIMED_OUT);
      }, progress.deadlineMs - now());
    });
    try {
      return await Promise.race([attempt, expired]);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (path, deadlineMs, observer) => {
    const progress = { path, deadlineMs, startedAtMs: now(), observer, hadItsTurn: false, isAbandoned: false };
    for (let attempt = 0; ; attempt++) {
      const result = await attemptInTurn(progress);
      const delayMs = retryDelayMs({ result, attempt, retries, remainingMs: deadlineMs - now(), random });
      if (delayMs !== null) await pause(delayMs);
      else if ('code' in result && result.code === 'TIMEOUT')
        return !progress.hadItsTurn && respondedAtMs >= progress.startedAtMs ? TIMED_OUT_QUEUED : result;
      else return result;
    }
  };
}

/**
 * A timer that leaves one turn to responses which have arrived by then. After a stall of this process the event loop fires
 * timers before it reads sockets, and BSG was in time.
 */
function setDeadline(onDeadline: () => void, delayMs: number): NodeJS.Timeout {
  return setTimeout(() => setImmediate(onDeadline), delayMs);
}
