/** A campaign whose counters change with time. */
import type { WireCampaign } from '../bsg/wire.ts';
import { lifeOf, stageAt } from './life.ts';
import type { NewSms } from './moving-sms.ts';
import { CURRENCY, totalOf } from './prices.ts';

/** A valid campaign about to be created. */
export interface NewCampaign {
  readonly originator: string;
  readonly body: string;
  /** Hours. */
  readonly validity: number;
  readonly messages: readonly NewSms[];
}

/** BSG's answer about a campaign of that age; its messages were all created with it. */
export function movingCampaignAt({ originator, body, validity, messages }: NewCampaign, ageMs: number): WireCampaign {
  // A message that will be rejected is never sent, so no counter includes it.
  const lives = messages.map(({ msisdn }) => lifeOf(msisdn)).filter((life) => life.at(-1)?.status !== 'rejected');
  const count = (status: string) => lives.filter((life) => stageAt(life, ageMs).status === status).length;
  return {
    originator,
    body,
    validity,
    totalprice: totalOf(messages),
    currency: CURRENCY,
    sent: lives.length,
    delivered: count('delivered'),
    expired: count('expired'),
    undeliverable: count('undeliverable'),
    unknown: count('unknown'),
  };
}
