import type { HttpResponse, TransportError } from './transport.ts';

/** The pause before a retry is a random part of a span that doubles from 200 ms to 2 s. */
const FIRST_SPAN_MS = 200;
const MAX_SPAN_MS = 2_000;

/** How an attempt ended, and what is left to retry it. */
export interface AttemptEnd {
  readonly result: HttpResponse | TransportError;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** Attempts allowed after the first. */
  readonly retries: number;
  /** What is left of the request's deadline. */
  readonly remainingMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * How long to wait before the next attempt; null for no further attempt: none is left, another one would end the same, or
 * the deadline comes first. `Retry-After` is obeyed.
 */
export function retryDelayMs({ result, attempt, retries, remainingMs, random }: AttemptEnd): number | null {
  if (attempt >= retries || !isWorthRetrying(result)) return null;
  const retryAfterMs = 'status' in result ? (result.retryAfterSeconds ?? 0) * 1_000 : 0;
  const delayMs = Math.max(retryAfterMs, randomisedExponentialBackoffMs(attempt, random));
  return delayMs < remainingMs ? delayMs : null;
}

/** Network errors (an attempt that timed out is one), 5xx and 429; a retry helps nothing else. */
function isWorthRetrying(result: HttpResponse | TransportError): boolean {
  if ('status' in result) return result.status >= 500 || result.status === 429;
  return result.code === 'NETWORK' || result.code === 'TIMEOUT';
}

function randomisedExponentialBackoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_SPAN_MS, FIRST_SPAN_MS * 2 ** attempt);
}
