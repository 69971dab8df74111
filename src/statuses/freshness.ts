import type { Answer } from '../bsg/answer.ts';
import { isFinalCampaign } from '../bsg/campaign.ts';
import { isFinalSms } from '../bsg/sms.ts';

/** How long what BSG said holds; milliseconds. 0 switches a rule off. */
export interface FreshnessRules {
  /** A status that will never change. Default of the server: 24 hours. */
  readonly finalTtlMs: number;
  /** A status that can still change, and that there is no such thing. Default: 2 seconds. */
  readonly pendingTtlMs: number;
  /** For how long after that a known status is served while BSG fails. Default: 10 minutes. */
  readonly staleIfErrorMs: number;
}

/** For how long an answer is given again without asking, and for how long after that it stands in for one. */
export interface Freshness {
  readonly freshMs: number;
  readonly staleMs: number;
}

const NOT_KEPT: Freshness = { freshMs: 0, staleMs: 0 };

/**
 * What is kept, and for how long. Failures are not, but for what is not there: whoever mends one wants to see it mended.
 * A campaign of which nothing was sent may be one that is about to start, so it is looked at again however final it is.
 */
export function freshnessOf(
  answer: Answer,
  { finalTtlMs, pendingTtlMs, staleIfErrorMs: staleMs }: FreshnessRules,
): Freshness {
  switch (answer.kind) {
    case 'sms':
      return { freshMs: isFinalSms(answer) ? finalTtlMs : pendingTtlMs, staleMs };
    case 'campaign':
      return { freshMs: isFinalCampaign(answer) && answer.sent > 0 ? finalTtlMs : pendingTtlMs, staleMs };
    case 'failure':
      return answer.group === 'notFound' ? { freshMs: pendingTtlMs, staleMs: 0 } : NOT_KEPT;
  }
}
