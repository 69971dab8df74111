/** One bulk sending with the counts of its messages, as BSG knew it at {@link Campaign.fetchedAt}. */
export interface Campaign {
  readonly kind: 'campaign';
  /** As asked for: BSG does not repeat it in its answer. */
  readonly taskId: string;
  /** Sender name. */
  readonly originator: string | null;
  /** Text of the messages. Personal data. */
  readonly body: string | null;
  /** Hours that BSG tries to deliver, 1 to 72. */
  readonly validity: number | null;
  /** Of the whole campaign, in {@link Campaign.currency}. */
  readonly totalPrice: number | null;
  readonly currency: string | null;
  /** Messages sent; the four counts below are of these. */
  readonly sent: number;
  readonly delivered: number;
  /** Not delivered: the phone was off. */
  readonly expired: number;
  /** Not delivered: the phone number is wrong. */
  readonly undeliverable: number;
  /** No delivery report came. */
  readonly unknown: number;
  /** When BSG gave this answer; RFC 3339 in UTC. */
  readonly fetchedAt: string;
}

/** Messages without an outcome yet. Never below 0, though BSG counts each figure at its own moment. */
export function pendingOf(campaign: Campaign): number {
  const { sent, delivered, expired, undeliverable, unknown } = campaign;
  return Math.max(0, sent - delivered - expired - undeliverable - unknown);
}

/** Share of the sent messages that were delivered; null when nothing was sent. Never above 1, see {@link pendingOf}. */
export function deliveryRateOf(campaign: Campaign): number | null {
  return campaign.sent === 0 ? null : Math.min(1, campaign.delivered / campaign.sent);
}

/** Whether no count can change any more. */
export function isFinalCampaign(campaign: Campaign): boolean {
  return pendingOf(campaign) === 0 && campaign.unknown === 0;
}
