/** A message: its statuses, its shape and its decoder. */
import { z } from 'zod';
import { isAmount, sumOfAmounts } from './amounts.ts';
import type { Decode, DecodeContext } from './decode.ts';
import { type BsgValue, equalsApartFromFetchedAt } from './resource.ts';
import { canonicalId } from './validation.ts';
import type { WireSms } from './wire.ts';
import { amount, digits, text, type WireFields } from './wire-fields.ts';

/** One row of {@link SMS_STATUSES}. */
export interface SmsStatusFacts {
  /** Whether the message has reached its end. An operator's late report may still correct a final status. */
  readonly isFinal: boolean;
  /** What it says about the message, for people. */
  readonly description: string;
  /** BSG's other words for it, beside its name. Lower case. */
  readonly synonyms?: readonly string[];
}

/**
 * Every status, in the order of a message's life: the words of all three dialects of BSG, which are its page "Get SMS status",
 * its newer specification (`new`, `waiting`, `failed`, `deleted`) and its newer channels (`moderation`, `accepted`, `sending`,
 * `read`, `undelivered`). The only place that lists them.
 */
export const SMS_STATUSES = {
  SCHEDULED: { isFinal: false, description: 'Waits for its sending time.' },
  NEW: { isFinal: false, description: 'Created, not yet processed.' },
  WAITING: { isFinal: false, description: 'Waits to be sent.' },
  MODERATION: { isFinal: false, description: 'Waits for approval by the provider.' },
  ACCEPTED: { isFinal: false, description: 'Accepted by the provider, not yet sent.' },
  SENDING: { isFinal: false, description: 'Being handed to the operator.' },
  SENT: { isFinal: false, description: 'Handed to the operator; no delivery report yet.' },
  DELIVERED: { isFinal: true, description: 'Reached the phone. Final.' },
  READ: { isFinal: true, description: 'Reached the phone and was opened there. Final. Count it as delivered.' },
  EXPIRED: { isFinal: true, description: 'Not delivered within its validity period: the phone was off. Final.' },
  UNDELIVERABLE: {
    isFinal: true,
    description: 'Cannot be delivered: the phone number is wrong. Final.',
    synonyms: ['undelivered'],
  },
  REJECTED: { isFinal: true, description: 'Refused by the provider or the operator. Final.' },
  FAILED: { isFinal: true, description: 'Could not be sent. Final: send a new message.' },
  DELETED: { isFinal: true, description: 'Deleted before it was sent. Final.' },
  UNKNOWN: { isFinal: false, description: "No delivery report came; this is BSG's own word. Can still change." },
  UNRECOGNIZED: { isFinal: false, description: 'A word that this version does not know; see `statusText`.' },
} as const satisfies Readonly<Record<string, SmsStatusFacts>>;

/** The words of BSG that this version knows, and `UNRECOGNIZED` for any other. */
export type SmsStatus = keyof typeof SMS_STATUSES;

const STATUS_NAMES = Object.keys(SMS_STATUSES) as SmsStatus[];

const statusByWord: ReadonlyMap<string, SmsStatus> = new Map(
  STATUS_NAMES.flatMap((name) => {
    const { synonyms = [] }: SmsStatusFacts = SMS_STATUSES[name];
    return [name.toLowerCase(), ...synonyms].map((word) => [word, name] as const);
  }),
);

/** Shape of an {@link Sms}, as decoded and as cached. */
export const smsSchema = z
  .strictObject({
    kind: z.literal('sms'),
    /** 1 to 20 digits, which is more than fits a number, without leading zeros. */
    id: z.string().regex(/^\d{1,20}$/),
    /** The sender's own id for the message; null when it was sent without one. */
    reference: z.string().nullable(),
    /** Phone number of the recipient, digits in international format. Personal data. */
    msisdn: z.string().nullable(),
    status: z.enum(STATUS_NAMES),
    /** BSG's word, verbatim. */
    statusText: z.string(),
    /** When BSG received the message; RFC 3339 in UTC, like every time here. Null when BSG sends none; missing: not known. */
    timeIn: z.iso.datetime().nullable().optional(),
    /** When sending was scheduled for. */
    timeSent: z.iso.datetime().nullable(),
    /** When the delivery report came; null before that. */
    timeDr: z.iso.datetime().nullable(),
    /** In {@link Sms.currency}; BSG's text, verbatim. */
    priceText: z.string().nullable(),
    currency: z.string().nullable(),
    /** When BSG gave this answer. */
    fetchedAt: z.iso.datetime(),
  })
  .readonly();

/** One message, as BSG knew it at `fetchedAt`. */
export type Sms = z.infer<typeof smsSchema> & BsgValue;

/** The status behind BSG's word, in upper or lower case. */
export function statusOf(word: string): SmsStatus {
  return statusByWord.get(word.trim().toLowerCase()) ?? 'UNRECOGNIZED';
}

/** Whether the message has reached the end of its life. */
export function isFinalSms(sms: Sms): boolean {
  return SMS_STATUSES[sms.status].isFinal;
}

/** Whether the message reached the phone. */
export function isDelivered({ status }: Sms): boolean {
  return status === 'DELIVERED' || status === 'READ';
}

/** Price of the message as a number, which may have lost digits; null when BSG sends no readable one. */
export function priceOf({ priceText }: Sms): number | null {
  return amount(priceText);
}

/** Whole seconds from sending to the delivery report, 0 to 2^31 - 1; null unless BSG sends both times. */
export function reportDelayOf({ timeSent, timeDr }: Sms): number | null {
  if (timeSent === null || timeDr === null) return null;
  const seconds = Math.floor((Date.parse(timeDr) - Date.parse(timeSent)) / 1_000);
  return Math.min(Math.max(0, seconds), 0x7fff_ffff);
}

/** The message, with constants that the newer answer leaves out taken from the previous one. */
export function withConstantsOf(sms: Sms, previous: Sms): Sms {
  if (previous.id !== sms.id) return sms;
  return {
    ...sms,
    reference: sms.reference ?? previous.reference,
    msisdn: sms.msisdn ?? previous.msisdn,
    timeIn: sms.timeIn === undefined ? previous.timeIn : sms.timeIn,
  };
}

/**
 * Whether two answers say the same about a message. `timeIn` does not count, nor do trailing zeros of the price: they depend on
 * how the message was fetched.
 */
export function isSameSms(a: Sms, b: Sms): boolean {
  return equalsApartFromFetchedAt(comparable(a), comparable(b));
}

function comparable(sms: Sms): Sms {
  const { priceText } = sms;
  const isExact = priceText !== null && isAmount(priceText);
  return { ...sms, timeIn: null, priceText: isExact ? sumOfAmounts([priceText]) : priceText };
}

/** Reads a message from BSG's JSON; null for an object that is none: it has no id or no status word. */
export const decodeSms: Decode<Sms> = (wire: WireFields<WireSms>, context) =>
  readSms(wire, { reference: wire.reference, missingTimeIn: null }, context);

/** In what the dialects differ: the field of the reference, and what `timeIn` is where there is no `time_in`. */
interface SmsDialect {
  readonly reference: unknown;
  readonly missingTimeIn: null | undefined;
}

/** The same in any dialect. */
export function readSms(
  wire: WireFields<WireSms>,
  { reference, missingTimeIn }: SmsDialect,
  { readTimes, fetchedAt }: DecodeContext,
): Sms | null {
  const id = digits(wire.id);
  const statusText = text(wire.status);
  if (id === null || statusText === null) return null;
  const [timeIn, timeSent, timeDr] = readTimes([wire.time_in, wire.time_sent, wire.time_dr]);
  return {
    kind: 'sms',
    id: canonicalId(id),
    reference: text(reference),
    msisdn: text(wire.msisdn),
    status: statusOf(statusText),
    statusText,
    timeIn: 'time_in' in wire ? timeIn : missingTimeIn,
    timeSent,
    timeDr,
    priceText: text(wire.price),
    currency: text(wire.currency),
    fetchedAt,
  };
}
