import type { Answer } from '../bsg/answer.ts';
import { type FreshnessRules, freshnessOf } from './freshness.ts';

/** An answer with the moments up to which it holds; milliseconds since 1970. JSON keeps it whole. */
export interface Entry<Kept extends Answer = Answer> {
  readonly answer: Kept;
  /** Until then it is given without asking BSG. */
  readonly freshUntilMs: number;
  /** Until then it stands in when BSG does not answer; then it is forgotten. */
  readonly staleUntilMs: number;
}

/** The entry of an answer given now; null for one that is not kept. */
export function entryOf<Kept extends Answer>(answer: Kept, rules: FreshnessRules, nowMs: number): Entry<Kept> | null {
  const { freshMs, staleMs } = freshnessOf(answer, rules);
  if (freshMs + staleMs === 0) return null;
  return { answer, freshUntilMs: nowMs + freshMs, staleUntilMs: nowMs + freshMs + staleMs };
}
