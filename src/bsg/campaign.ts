/** A campaign: its shape, its decoder, and what follows from its counters. */
import { z } from 'zod';
import type { Decode, DecodeContext } from './decode.ts';
import type { BsgValue } from './resource.ts';
import { canonicalId } from './validation.ts';
import type { WireCampaign } from './wire.ts';
import { amount, count, countOrZero, MAX_INT, text, type WireFields } from './wire-fields.ts';

/** As {@link count} reads it. */
const counter = z.int().min(0).max(MAX_INT);

/** Shape of a {@link Campaign}, as decoded and as cached. */
export const campaignSchema = z
  .strictObject({
    kind: z.literal('campaign'),
    /** As requested, as BSG does not repeat it in its response; without leading zeros. */
    taskId: z.string().regex(/^\d{1,20}$/),
    /** Sender name. */
    originator: z.string().nullable(),
    /** Text of the messages. Personal data. */
    body: z.string().nullable(),
    /** Hours that BSG tries to deliver. */
    validity: counter.nullable(),
    /** Of the whole campaign, in {@link Campaign.currency}. */
    totalPrice: z.number().nullable(),
    currency: z.string().nullable(),
    /** Messages in the campaign; null, like the three counters below, in the dialects that do not send it. */
    total: counter.nullable(),
    /** Waiting for their turn. */
    queued: counter.nullable(),
    /** Accepted by the provider, not yet handed to an operator. */
    accepted: counter.nullable(),
    /** On their way to the phones. */
    enroute: counter.nullable(),
    /** Messages handed to operators so far: grows while the campaign runs. The four counters below are parts of it. */
    sent: counter,
    delivered: counter,
    /** Not delivered: the phone was off. */
    expired: counter,
    /** Not delivered: the phone number is wrong. */
    undeliverable: counter,
    /** No delivery report came. */
    unknown: counter,
    /** When BSG gave this answer; RFC 3339 in UTC. */
    fetchedAt: z.iso.datetime(),
    /** Since when all answers had these counters, as far as observed; milliseconds since 1970. */
    countersSinceMs: z.number(),
  })
  .readonly();

/** One bulk sending with the counters of its messages, as BSG knew it at `fetchedAt`. */
export type Campaign = z.infer<typeof campaignSchema> & BsgValue;

/** Without `total`, a campaign whose messages all have an outcome is final once its counters have not changed for so long. */
const QUIET_MS = 10 * 60_000;

/** A paused campaign may go on, and corrections of messages change the counters of a final one. */
const MAX_FINAL_TTL_MS = 60 * 60_000;
const MAX_FINAL_TTL_WITHOUT_TOTAL_MS = 10 * 60_000;

const COUNTERS = [
  'total',
  'queued',
  'accepted',
  'enroute',
  'sent',
  'delivered',
  'expired',
  'undeliverable',
  'unknown',
] as const satisfies readonly (keyof Campaign)[];

/** Messages without an outcome yet. Never below 0, though BSG reads each counter at its own moment. */
export function pendingOf(campaign: Campaign): number {
  const { total, sent, delivered, expired, undeliverable, unknown } = campaign;
  return Math.max(0, (total ?? sent) - delivered - expired - undeliverable - unknown);
}

/** Share of the sent messages that were delivered; null when nothing was sent. Never above 1, see {@link pendingOf}. */
export function deliveryRateOf(campaign: Campaign): number | null {
  return campaign.sent === 0 ? null : Math.min(1, campaign.delivered / campaign.sent);
}

/**
 * Whether the campaign is over: each message of `total` has an outcome. Without `total` one answer is not enough, as
 * `sent` grows while the campaign runs: everything sent has an outcome, and the counters have not changed for ten minutes.
 */
export function isFinalCampaign(campaign: Campaign): boolean {
  const { total, sent, unknown, fetchedAt, countersSinceMs } = campaign;
  if (unknown > 0 || pendingOf(campaign) > 0) return false;
  if (total !== null) return total > 0;
  return sent > 0 && Date.parse(fetchedAt) - countersSinceMs >= QUIET_MS;
}

/** How long a final campaign is cached at most; milliseconds. */
export function maxFinalTtlMsOf({ total }: Campaign): number {
  return total === null ? MAX_FINAL_TTL_WITHOUT_TOTAL_MS : MAX_FINAL_TTL_MS;
}

/** The campaign with the time since when its counters have not changed, given what was read before. */
export function withCountersSince(campaign: Campaign, previous: Campaign): Campaign {
  if (COUNTERS.some((name) => campaign[name] !== previous[name])) return campaign;
  return { ...campaign, countersSinceMs: Math.min(campaign.countersSinceMs, previous.countersSinceMs) };
}

/** Whether two states of a campaign differ in nothing that the schema shows, `fetchedAt` aside. */
export function isSameCampaign(a: Campaign, b: Campaign): boolean {
  const shown = (campaign: Campaign) =>
    JSON.stringify({ ...campaign, fetchedAt: null, countersSinceMs: null, isFinal: isFinalCampaign(campaign) });
  return shown(a) === shown(b);
}

/** Reads a campaign from BSG's JSON; null for an object that is none: it has neither `sent` nor `total`, or an unreadable counter. */
export const decodeCampaign: Decode<Campaign> = (
  wire: WireFields<WireCampaign>,
  { subject, fetchedAt }: DecodeContext,
) => {
  if (!('sent' in wire || 'total' in wire)) return null;
  const sent = countOrZero(wire.sent);
  const delivered = countOrZero(wire.delivered);
  const expired = countOrZero(wire.expired);
  const undeliverable = countOrZero(wire.undeliverable);
  const unknown = countOrZero(wire.unknown);
  if (sent === null || delivered === null || expired === null || undeliverable === null || unknown === null)
    return null;
  return {
    kind: 'campaign',
    taskId: canonicalId(subject),
    originator: text(wire.originator),
    body: text(wire.body),
    validity: count(wire.validity),
    totalPrice: amount(wire.totalprice),
    currency: text(wire.currency),
    total: count(wire.total),
    queued: count(wire.queued),
    accepted: count(wire.accepted),
    enroute: count(wire.enroute),
    sent,
    delivered,
    expired,
    undeliverable,
    unknown,
    fetchedAt,
    countersSinceMs: Date.parse(fetchedAt),
  };
};
