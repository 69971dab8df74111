import { parse } from 'lossless-json';
import type { Answer } from './answer.ts';
import type { HttpAnswer } from './call.ts';
import type { Campaign } from './campaign.ts';
import { type BsgFailure, type FailureDetails, failure, failureOfNumber } from './failure.ts';
import { type Sms, statusOf } from './sms.ts';
import type { WireCampaign, WireSms, WireVerdict } from './wire.ts';

/** What the decoder has to know beside the answer itself. */
export interface DecodeContext {
  /** The id, reference or task id that was asked for. */
  readonly subject: string;
  /** When BSG answered; RFC 3339 in UTC. */
  readonly fetchedAt: string;
  /** See `createTimeReader`. */
  readonly readTime: (wireTime: unknown) => string | null;
}

/** Any key of any answer; what stands behind it is not known yet. */
type WireObject = { readonly [key in keyof (WireVerdict & WireSms & WireCampaign)]?: unknown };

/**
 * The one place that reads BSG's JSON. One path serves an SMS and a campaign, so what an answer is shows in the answer:
 * a status word makes it an SMS, a count of sent messages a campaign. Success and failure show in the HTTP status,
 * in `error` within a 200, or in both; a failure that BSG names wins over anything else in the answer.
 */
export function decodeAnswer(answer: HttpAnswer, context: DecodeContext): Answer {
  const details = { retryAfterSeconds: answer.retryAfterSeconds };
  if (answer.status === 429) return failure('RATE_LIMITED', context.subject, details);
  const wire = parseObject(answer.body);
  if (wire === null) return badResponse(answer, context, details);
  const error = decodeError(wire.error);
  if (error !== 0 && error !== null) {
    return failureOfNumber(error, context.subject, { ...details, message: text(wire.errorDescription)?.slice(0, 500) });
  }
  const isSuccess = error === 0 && answer.status >= 200 && answer.status < 300;
  const found = isSuccess ? (decodeSms(wire, context) ?? decodeCampaign(wire, context)) : null;
  return found ?? badResponse(answer, context, details);
}

/** Numbers stay text: a 20-digit id would not survive as a number, and BSG quotes its numbers at will anyway. */
function parseObject(body: string): WireObject | null {
  try {
    const json = parse(body, undefined, (digits) => digits);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : null;
  } catch {
    return null;
  }
}

/** BSG's number for an error, 0 for none (which may be left out), null for something that is no number of an error. */
function decodeError(error: unknown): number | null {
  return error === undefined || error === null || error === '' ? 0 : integer(error, 0x7fff_ffff);
}

function badResponse(answer: HttpAnswer, context: DecodeContext, details: FailureDetails): BsgFailure {
  const message =
    answer.status >= 500
      ? `BSG failed with HTTP ${answer.status}.`
      : `What answered for BSG with HTTP ${answer.status} did not answer like BSG.`;
  return failure('BAD_RESPONSE', context.subject, { ...details, message, isOutage: answer.status >= 500 });
}

function decodeSms(wire: WireObject, { readTime, fetchedAt }: DecodeContext): Sms | null {
  const id = digits(wire.id);
  const statusText = text(wire.status);
  if (id === null || statusText === null) return null;
  return {
    kind: 'sms',
    id,
    reference: text(wire.reference),
    msisdn: text(wire.msisdn),
    status: statusOf(statusText),
    statusText,
    timeIn: readTime(wire.time_in),
    timeSent: readTime(wire.time_sent),
    timeDr: readTime(wire.time_dr),
    price: amount(wire.price),
    currency: text(wire.currency),
    fetchedAt,
  };
}

function decodeCampaign(wire: WireObject, { subject, fetchedAt }: DecodeContext): Campaign | null {
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
}

/** A text with something in it; after `parseObject` this is also how a number comes. */
function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function digits(value: unknown): string | null {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : null;
}

function integer(value: unknown, most: number): number | null {
  if (typeof value !== 'string' || !/^-?\d{1,10}$/.test(value)) return null;
  const number = Number(value);
  return Math.abs(number) <= most ? number : null;
}

/** A whole number from 0 that fits a GraphQL Int. */
function count(value: unknown): number | null {
  const number = integer(value, 0x7fff_ffff);
  return number !== null && number >= 0 ? number : null;
}

/** Money as BSG writes it, such as `0.23` or `1.1000000`, or as JSON may, such as `2.0e-2`. */
function amount(value: unknown): number | null {
  if (typeof value !== 'string' || !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
