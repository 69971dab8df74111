import type { Campaign } from './campaign.ts';
import type { BsgFailure } from './failure.ts';
import type { Sms } from './sms.ts';

/** What BSG said, or why it said nothing. */
export type Answer = Sms | Campaign | BsgFailure;

/** Whether BSG gave no answer for now; what it said before may stand in. */
export function isUnavailable(answer: Answer): boolean {
  return answer.kind === 'failure' && answer.group === 'unavailable';
}
