import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import { LONG_AGO, laterOf, type MonotonicClock } from '../monotonic-clock.ts';
import { AttemptSignal } from './attempt-signal.ts';
import { type Sent, setDeadline } from './deadline.ts';
import type { RequestObserver } from './observer.ts';
import { retryDelayMs } from './retry.ts';
import type { HttpRequest, HttpResponse, Transport, TransportError } from './transport.ts';

/** Options of {@link createRequests}. */
export interface RequestsOptions {
  readonly transport: Transport;
  /** Usual deadline of a request. One attempt gets half of it, or all of it without retries. Milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Attempts in flight at once; further ones queue. */
  readonly maxConcurrency: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** From 0 up to 1; spreads the retries of requests that failed together. */
  readonly random: () => number;
}

/** One request to BSG, for one fetch or for several. */
export interface Call {
  /** The fetches that share it; more can join until it is prepared. It may take until the last of their deadlines. */
  readonly fetches: readonly Sent[];
  readonly observer: RequestObserver;
  /** Called once, when its first attempt begins. Null: there is nothing left to send. */
  prepare(): HttpRequest | null;
}

/** Sends requests to BSG: queue, attempts, retries. */
export interface Requests {
  /** Sends a request, with as many attempts as help. Rejects only on a bug. */
  send(call: Call): Promise<HttpResponse | TransportError>;
  /** Why a fetch ended without a response: BSG was too slow, or the fetch never left the queue in time. */
  timeoutOf(fetch: Sent): TransportError;
}

const TIMED_OUT: TransportError = { code: 'TIMEOUT' };

/** BSG answered others while this one queued: a batch that is too large for the deadline is no outage. */
const TIMED_OUT_QUEUED: TransportError = {
  code: 'TIMEOUT',
  message: 'Timed out while queued for BSG (see BSG_MAX_CONCURRENCY).',
  isOutage: false,
};

/** Queue and retries around the transport. */
export function createRequests(options: RequestsOptions): Requests {
  const { transport, timeoutMs, retries, maxConcurrency, now, random } = options;
  const attemptTimeoutMs = retries === 0 ? timeoutMs : Math.ceil(timeoutMs / 2);
  // Not cockatiel's bulkhead: 3.2.1 stops serving its queue at the first entry whose caller has given up.
  const limit = pLimit(maxConcurrency);
  let respondedAtMs = LONG_AGO;

  const expiryOf = ({ fetches }: Call) =>
    fetches.reduce((latest, { deadline }) => laterOf(latest, deadline.expiresAtMs), LONG_AGO);

  async function attempt(call: Call, request: HttpRequest | null): Promise<HttpResponse | TransportError> {
    const nowMs = now();
    const remainingMs = expiryOf(call) - nowMs;
    if (request === null || remainingMs <= 0) return TIMED_OUT;
    for (const fetch of call.fetches) {
      fetch.hadItsTurn ||= fetch.deadline.expiresAtMs - nowMs >= timeoutMs / 2;
      fetch.request = call;
    }
    const signal = new AttemptSignal();
    const timer = setDeadline(() => signal.abort(), Math.min(attemptTimeoutMs, remainingMs));
    try {
      const result = await transport.send(request, signal, call.observer);
      if ('status' in result && result.status < 500) respondedAtMs = now();
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async send(call) {
      let request: HttpRequest | null | undefined;
      for (let retry = 0; ; retry++) {
        const result = await limit(() => {
          if (request === undefined) request = call.prepare();
          return attempt(call, request);
        });
        const remainingMs = expiryOf(call) - now();
        const delayMs = retryDelayMs({ result, attempt: retry, retries, remainingMs, random });
        if (request === null || delayMs === null) return result;
        await pause(delayMs);
      }
    },
    timeoutOf: ({ hadItsTurn, deadline }) =>
      !hadItsTurn && respondedAtMs >= deadline.startedAtMs ? TIMED_OUT_QUEUED : TIMED_OUT,
  };
}
