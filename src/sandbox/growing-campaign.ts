/** A campaign that is being sent: `sent` catches up with `total` in 45 seconds, and the last outcome comes 10 seconds later. */
import type { WireCampaign } from '../bsg/wire.ts';
import { CURRENCY, priceOf } from './prices.ts';

/** A campaign that grows. */
export interface GrowingCampaign {
  readonly originator: string;
  readonly body: string;
  /** Hours. */
  readonly validity: number;
  /** Messages in the campaign. */
  readonly total: number;
  /** Whether the answer has the counters of the new specification. */
  readonly hasTotal: boolean;
}

const SENDING_MS = 45_000;
/** From BSG's acceptance of a message to its sending. */
const ACCEPTED_MS = 5_000;
/** From the sending of a message to its outcome. */
const ENROUTE_MS = 10_000;
const PRICE = priceOf('380');

/** BSG's answer about a campaign of that age. Outcomes are about 3 % expired, 1 % undeliverable, the rest delivered. */
export function growingCampaignAt({ total, hasTotal, ...text }: GrowingCampaign, ageMs: number): WireCampaign {
  const sent = sentAfter(total, ageMs);
  const done = sentAfter(total, ageMs - ENROUTE_MS);
  const accepted = sentAfter(total, ageMs + ACCEPTED_MS) - sent;
  const expired = Math.floor((done * 3) / 100);
  // Rounded elsewhere than `expired`, so that no counter ever falls.
  const undeliverable = Math.floor((done + 50) / 100);
  return {
    ...text,
    totalprice: Number((total * PRICE).toFixed(4)),
    currency: CURRENCY,
    ...(hasTotal ? { total, queued: total - sent - accepted, accepted, enroute: sent - done } : {}),
    sent,
    delivered: done - expired - undeliverable,
    expired,
    undeliverable,
    unknown: 0,
  };
}

/** How many messages are sent at that age. */
function sentAfter(total: number, ageMs: number): number {
  return Math.floor(total * Math.min(1, Math.max(0, ageMs / SENDING_MS)));
}
