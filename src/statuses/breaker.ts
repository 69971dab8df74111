import { setTimeout as pause } from 'node:timers/promises';
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { Answer } from '../bsg/answer.ts';
import { type BsgFailure, failure } from '../bsg/failure.ts';

/** When to stop asking a BSG that does not answer, and when to ask again. */
export interface BreakerOptions {
  /** Look-ups in a row without an answer after which it opens. */
  readonly failuresInARow: number;
  /** How long it stays open; then one look-up goes through to see whether BSG is back. Milliseconds. */
  readonly probeAfterMs: number;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
  /** Told of every change: open means that BSG is not asked. */
  readonly onChange?: (isOpen: boolean) => void;
}

/** Stands before BSG. */
export interface Breaker {
  /** Asks BSG, or says at once that it is not asked for now. */
  ask<T extends Answer>(subject: string, ask: () => Promise<T>): Promise<T | BsgFailure>;
  readonly isOpen: boolean;
}

/** What says nothing of BSG's own: an answer that names an error of BSG shows that BSG is there. */
const OUTAGES: ReadonlySet<unknown> = new Set(['TIMEOUT', 'NETWORK', 'RATE_LIMITED', 'BAD_RESPONSE']);

/** How long others wait for the look-up that probes: long enough for a BSG that is back, too short to hang with one that is not. */
const WAIT_FOR_PROBE_MS = 500;

/** A circuit breaker over all look-ups. */
export function createBreaker({ failuresInARow, probeAfterMs, now, onChange }: BreakerOptions): Breaker {
  const policy = circuitBreaker(handleWhenResult(isOutage), {
    halfOpenAfter: probeAfterMs,
    breaker: new ConsecutiveBreaker(failuresInARow),
  });
  let openedAtMs = 0;
  let probe: Promise<unknown> = Promise.resolve();
  policy.onBreak(() => {
    openedAtMs = now();
    onChange?.(true);
  });
  policy.onReset(() => onChange?.(false));

  function notAsked(subject: string): BsgFailure {
    const retryAfterSeconds = Math.max(1, Math.ceil((openedAtMs + probeAfterMs - now()) / 1_000));
    return failure('NETWORK', subject, {
      message: 'BSG has not answered for a while and is not asked for now.',
      retryAfterSeconds,
    });
  }

  return {
    get isOpen() {
      return policy.state !== CircuitState.Closed;
    },
    async ask(subject, ask) {
      if (policy.state === CircuitState.HalfOpen) await Promise.race([probe, pause(WAIT_FOR_PROBE_MS)]);
      if (policy.state === CircuitState.HalfOpen) return notAsked(subject);
      try {
        const isProbe = policy.state === CircuitState.Open;
        const answer = policy.execute(ask);
        if (isProbe) probe = answer.catch(() => null);
        return await answer;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return notAsked(subject);
        throw error;
      }
    },
  };
}

function isOutage(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'code' in answer && OUTAGES.has(answer.code);
}
