/** The words of BSG that this version knows, and `UNRECOGNIZED` for any other. */
export type SmsStatus =
  | 'SCHEDULED'
  | 'MODERATION'
  | 'ACCEPTED'
  | 'SENDING'
  | 'SENT'
  | 'DELIVERED'
  | 'EXPIRED'
  | 'UNDELIVERABLE'
  | 'REJECTED'
  | 'UNKNOWN'
  | 'UNRECOGNIZED';

/** One row of {@link SMS_STATUSES}. */
export interface SmsStatusFacts {
  /** Whether BSG will never change the status again. */
  readonly isFinal: boolean;
  /** What it says about the message, in words for people. */
  readonly description: string;
}

/**
 * Every status, in the order of a message's life. Documented by BSG: scheduled, sent, delivered, expired, undeliverable,
 * rejected, unknown. Its newer channels add accepted, sending and moderation.
 */
export const SMS_STATUSES: Readonly<Record<SmsStatus, SmsStatusFacts>> = {
  SCHEDULED: { isFinal: false, description: 'Waits for its sending time.' },
  MODERATION: { isFinal: false, description: 'Waits for the provider to approve it.' },
  ACCEPTED: { isFinal: false, description: 'Taken by the provider, not yet on its way.' },
  SENDING: { isFinal: false, description: 'Being handed to the operator.' },
  SENT: { isFinal: false, description: 'Handed to the operator; no delivery report yet.' },
  DELIVERED: { isFinal: true, description: 'Reached the phone. Final.' },
  EXPIRED: { isFinal: true, description: 'Not delivered within its validity period: the phone was off. Final.' },
  UNDELIVERABLE: { isFinal: true, description: 'Cannot be delivered: the phone number is wrong. Final.' },
  REJECTED: { isFinal: true, description: 'Refused by the provider or the operator. Final.' },
  UNKNOWN: { isFinal: false, description: "BSG's own word for: no delivery report came. Can still change." },
  UNRECOGNIZED: { isFinal: false, description: 'A word that this version does not know; see `statusText`.' },
};

/** One message, as BSG knew it at {@link Sms.fetchedAt}. */
export interface Sms {
  readonly kind: 'sms';
  /** 1 to 20 digits: more than fits a number. */
  readonly id: string;
  /** The sender's own id for the message; null when it was sent without one. */
  readonly reference: string | null;
  /** Phone number of the recipient, digits in international format. Personal data. */
  readonly msisdn: string | null;
  readonly status: SmsStatus;
  /** BSG's word, to the letter. */
  readonly statusText: string;
  /** When BSG took the message; RFC 3339 in UTC, like every time here. Null when BSG gives none. */
  readonly timeIn: string | null;
  /** When sending was scheduled for. */
  readonly timeSent: string | null;
  /** When the delivery report came; null before that. */
  readonly timeDr: string | null;
  /** In {@link Sms.currency}; null when BSG names no readable price. */
  readonly price: number | null;
  readonly currency: string | null;
  /** When BSG gave this answer. */
  readonly fetchedAt: string;
}

/** The status behind BSG's word, in whatever case it came. */
export function statusOf(word: string): SmsStatus {
  const name = word.trim().toUpperCase();
  return isSmsStatus(name) ? name : 'UNRECOGNIZED';
}

/** Whether the message has reached the end of its life. */
export function isFinalSms(sms: Sms): boolean {
  return SMS_STATUSES[sms.status].isFinal;
}

/** Whether it is the name of a status that this version knows. */
export function isSmsStatus(name: string): name is SmsStatus {
  return Object.hasOwn(SMS_STATUSES, name);
}
