import { z } from 'zod';
import type { Decode, DecodeContext } from './decode.ts';
import type { WireCampaign } from './wire.ts';
import { amount, count, text, type WireFields } from './wire-fields.ts';

const counter = z.int().min(0);

/** Shape of a {@link Campaign}, as decoded and as cached. */
export const campaignSchema = z
  .strictObject({
    kind: z.literal('campaign'),
    /** As requested: BSG does not repeat it in its response. */
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
    /** Messages sent; the four counters below are parts of it. */
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
  })
  .readonly();

/** One bulk sending with the counters of its messages, as BSG knew it at `fetchedAt`. */
export type Campaign = z.infer<typeof campaignSchema>;

/** Messages without an outcome yet. Never below 0, though BSG reads each counter at its own moment. */
export function pendingOf(campaign: Campaign): number {
  const { sent, delivered, expired, undeliverable, unknown } = campaign;
  return Math.max(0, sent - delivered - expired - undeliverable - unknown);
}

/** Share of the sent messages that were delivered; null when nothing was sent. Never above 1, see {@link pendingOf}. */
export function deliveryRateOf(campaign: Campaign): number | null {
  return campaign.sent === 0 ? null : Math.min(1, campaign.delivered / campaign.sent);
}

/** Whether no counter can change any more. */
export function isFinalCampaign(campaign: Campaign): boolean {
  return pendingOf(campaign) === 0 && campaign.unknown === 0;
}

/** Reads a campaign from BSG's JSON; null for an object that is none: it lacks a counter. */
export const decodeCampaign: Decode<Campaign> = (
  wire: WireFields<WireCampaign>,
  { subject, fetchedAt }: DecodeContext,
) => {
  const sent = count(wire.sent);
  const delivered = count(wire.delivered);
  const expired = count(wire.expired);
  const undeliverable = count(wire.undeliverable);
  const unknown = count(wire.unknown);
  if (sent === null || delivered === null || expired === null || undeliverable === null || unknown === null)
    return null;
  return {
    kind: 'campaign',
    taskId: subject,
    originator: text(wire.originator),
    body: text(wire.body),
    validity: count(wire.validity),
    totalPrice: amount(wire.totalprice),
    currency: text(wire.currency),
    sent,
    delivered,
    expired,
    undeliverable,
    unknown,
    fetchedAt,
  };
};
