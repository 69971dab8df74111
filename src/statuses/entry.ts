import type { Answer } from '../bsg/answer.ts';
import { isFinalSms } from '../bsg/sms.ts';
import { type FreshnessRules, freshnessOf } from './freshness.ts';

/** An answer with the moments up to which it holds; milliseconds since 1970. JSON keeps it whole. */
export interface Entry {
  readonly answer: Answer;
  /** When BSG was asked: of two answers, the one that was asked for later knows more. */
  readonly askedAtMs: number;
  /** Until then it is given without asking BSG. */
  readonly freshUntilMs: number;
  /** Until then it stands in when BSG does not answer; then it is forgotten. */
  readonly staleUntilMs: number;
}

/** The entry of an answer given now; null for one that is not kept. */
export function entryOf(answer: Answer, askedAtMs: number, rules: FreshnessRules, nowMs: number): Entry | null {
  const { freshMs, staleMs } = freshnessOf(answer, rules);
  if (freshMs + staleMs === 0) return null;
  return { answer, askedAtMs, freshUntilMs: nowMs + freshMs, staleUntilMs: nowMs + freshMs + staleMs };
}

/** An entry of another instance, whose clock and rules may differ: it holds no longer than one learned here and now would. */
export function adopt(entry: Entry, rules: FreshnessRules, nowMs: number): Entry {
  const { freshMs, staleMs } = freshnessOf(entry.answer, rules);
  return {
    answer: entry.answer,
    askedAtMs: Math.min(entry.askedAtMs, nowMs),
    freshUntilMs: Math.min(entry.freshUntilMs, nowMs + freshMs),
    staleUntilMs: Math.min(entry.staleUntilMs, nowMs + freshMs + staleMs),
  };
}

/** Which of two entries of one key to believe: a message never comes back from its end, else the one asked for later. */
export function newerOf(known: Entry | null, other: Entry | null): Entry | null {
  if (known === null || other === null) return known ?? other;
  if (isFinal(known) !== isFinal(other)) return isFinal(known) ? known : other;
  return known.askedAtMs >= other.askedAtMs ? known : other;
}

/** Whether it is of a message that has reached its end. */
export function isFinal({ answer }: Entry): boolean {
  return answer.kind === 'sms' && isFinalSms(answer);
}
