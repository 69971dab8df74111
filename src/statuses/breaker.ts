import { setTimeout as pause } from 'node:timers/promises';
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
} from 'cockatiel';
import type { Answer } from '../bsg/answer.ts';
import { type BsgFailure, failure } from '../bsg/failure.ts';

/** When to stop asking a BSG that does not answer, and when to ask again. */
export interface BreakerOptions {
  /** Look-ups in a row without an answer after which it opens. */
  readonly failuresInARow: number;
  /** How long it stays open, unless BSG asked for longer; then one look-up shows whether BSG is back. Milliseconds. */
  readonly probeAfterMs: number;
  /** Told of every change: open means that BSG is not asked. */
  readonly onChange?: (isOpen: boolean) => void;
}

/** Stands before BSG, by the time of day of this machine. */
export interface Breaker {
  /** What to answer at once while BSG is not asked; null where it may be. */
  refusal(subject: string): BsgFailure | null;
  /** Asks BSG, unless it is not asked for now; whoever has something that stands in does not wait for a probe. */
  ask(subject: string, hasStandIn: boolean, ask: () => Promise<Answer>): Promise<Answer>;
  readonly isOpen: boolean;
}

/** Whatever BSG says, it is tried again after so long. */
const LONGEST_OPEN_MS = 5 * 60_000;

/** How long after its start others wait for the probe: enough for a BSG that is back, too short to hang with one that is not. */
const WAIT_FOR_PROBE_MS = 500;

/** A circuit breaker over all look-ups. */
export function createBreaker({ failuresInARow, probeAfterMs, onChange }: BreakerOptions): Breaker {
  let lastFailure = failure('NETWORK', '');
  let openUntilMs = 0;
  let probe = { startedAtMs: 0, ended: Promise.resolve<unknown>(null) };
  /** Grows with every change, so that a look-up begun before one says nothing about what came after it. */
  let generation = 0;

  const policy = circuitBreaker(handleWhenResult(isOutage), {
    breaker: new ConsecutiveBreaker(failuresInARow),
    halfOpenAfter: new DelegateBackoff(() => openMs()),
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

  function openMs(): number {
    return Math.max(probeAfterMs, Math.min((lastFailure.retryAfterSeconds ?? 0) * 1_000, LONGEST_OPEN_MS));
  }

  function notAsked(subject: string): BsgFailure {
    const retryAfterSeconds = Math.max(1, Math.ceil((openUntilMs - Date.now()) / 1_000));
    const message = 'BSG has not answered for a while and is not asked for now.';
    return failure(lastFailure.code, subject, { message, retryAfterSeconds });
  }

  async function askAs(
    begunIn: number,
    ask: () => Promise<Answer>,
  ): Promise<{ answer: Answer; judged: Answer | null }> {
    const answer = await ask();
    if (begunIn !== generation) return { answer, judged: null };
    if (answer.kind === 'failure' && answer.isOutage) lastFailure = answer;
    return { answer, judged: answer };
  }

  return {
    get isOpen() {
      return policy.state !== CircuitState.Closed;
    },
    refusal: (subject) => (policy.state === CircuitState.Open && Date.now() < openUntilMs ? notAsked(subject) : null),
    async ask(subject, hasStandIn, ask) {
      if (policy.state === CircuitState.HalfOpen && !hasStandIn) {
        const waitMs = probe.startedAtMs + WAIT_FOR_PROBE_MS - Date.now();
        if (waitMs > 0) await Promise.race([probe.ended, pause(waitMs, null, { ref: false })]);
      }
      if (policy.state === CircuitState.HalfOpen) return notAsked(subject);
      try {
        const isProbe = policy.state === CircuitState.Open;
        const begunIn = generation;
        const asked = policy.execute(() => askAs(begunIn, ask));
        if (isProbe) probe = { startedAtMs: Date.now(), ended: asked.catch(() => null) };
        return (await asked).answer;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return notAsked(subject);
        throw error;
      }
    },
  };
}

/** Whether BSG as a whole may be down. What it said before the last change does not count. */
function isOutage(result: unknown): boolean {
  const judged = typeof result === 'object' && result !== null && 'judged' in result ? result.judged : null;
  return typeof judged === 'object' && judged !== null && 'isOutage' in judged && judged.isOutage === true;
}
