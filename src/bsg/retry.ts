import type { HttpAnswer, TransportFault } from './call.ts';

/** How far apart attempts are: a random share of a span that doubles from 200 ms to 2 s. */
const FIRST_SPAN_MS = 200;
const LONGEST_SPAN_MS = 2_000;

/** When an attempt ended, and what it ended with. */
export interface AttemptEnd {
  readonly result: HttpAnswer | TransportFault;
  /** 0 for the first attempt. */
  readonly attempt: number;
  /** What is left of the look-up's deadline. */
  readonly remainingMs: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/**
 * How long to wait before the next attempt, null when there should be none: because another attempt would end the
 * same, or because the deadline comes first.
 */
export function retryDelayMs({ result, attempt, remainingMs, random }: AttemptEnd): number | null {
  if (!isWorthRetrying(result)) return null;
  const askedForMs = 'status' in result ? (result.retryAfterSeconds ?? 0) * 1_000 : 0;
  const delayMs = Math.max(askedForMs, randomisedExponentialBackoffMs(attempt, random));
  return delayMs < remainingMs ? delayMs : null;
}

/** Network faults (an attempt that ran out of time is one), 5xx and 429; nothing else gets better by asking again. */
function isWorthRetrying(result: HttpAnswer | TransportFault): boolean {
  if ('status' in result) return result.status >= 500 || result.status === 429;
  return result.code === 'NETWORK' || result.code === 'TIMEOUT';
}

function randomisedExponentialBackoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_SPAN_MS, FIRST_SPAN_MS * 2 ** attempt);
}
