/** Decodes responses: HTTP status, verdict and JSON to a value or a failure. */
import type { BsgErrorCode } from './codes.ts';
import { type BsgFailure, type FailureDetails, failure, failureOfNumber } from './failure.ts';
import type { WireObject } from './json.ts';
import type { ReadTimes } from './time.ts';
import type { HttpResponse } from './transport.ts';
import type { WireHttpError, WireVerdict } from './wire.ts';
import { integer, text, type WireFields } from './wire-fields.ts';

/** What a decoder needs beside the JSON itself. */
export interface DecodeContext {
  /** The id, reference or task id as requested. */
  readonly subject: string;
  /** What an HTTP 404 that BSG explains means: that there is no such message, or no such campaign. */
  readonly notFoundCode: BsgErrorCode;
  /** When BSG responded; RFC 3339 in UTC. */
  readonly fetchedAt: string;
  readonly readTimes: ReadTimes;
}

/** A response with its JSON; null where its body is no JSON object. */
export interface WireResponse extends Omit<HttpResponse, 'body'> {
  readonly json: WireObject | null;
}

/** Reads one kind of value from a JSON object that names no error; null for an object of another kind. */
export type Decode<Value> = (wire: WireObject, context: DecodeContext) => Value | null;

/**
 * Decodes a response. Success and failure show in the HTTP status, in `error` within a 200, or in both; an error that BSG
 * names wins over anything else in the response. The newer dialect names none and has a `message` beside the HTTP status.
 */
export function decodeResponse<Value>(
  response: WireResponse,
  decode: Decode<Value>,
  context: DecodeContext,
): Value | BsgFailure {
  const { status, retryAfterSeconds, json: wire } = response;
  const { subject } = context;
  const { error, errorDescription, message }: WireFields<WireVerdict & WireHttpError> = wire ?? {};
  if (status === 429)
    return failure('RATE_LIMITED', subject, { retryAfterSeconds, message: words(message) ?? words(errorDescription) });
  if (wire === null) return badResponse(response, context);
  if (error === undefined && words(message) !== undefined && isHttpErrorOf(status))
    return failureOfStatus(status, context, { retryAfterSeconds, message: words(message) });
  const isSuccess = status >= 200 && status < 300;
  const result = decodeObject(wire, isSuccess ? decode : () => null, context, retryAfterSeconds);
  return result ?? badResponse(response, context);
}

/** Decodes one JSON object: the error that it names, else what `decode` makes of it; null for neither. */
export function decodeObject<Value>(
  wire: WireObject,
  decode: Decode<Value>,
  context: DecodeContext,
  retryAfterSeconds: number | null = null,
): Value | BsgFailure | null {
  const { error, errorDescription }: WireFields<WireVerdict> = wire;
  const errorNumber = readError(error);
  if (errorNumber === 0) return decode(wire, context);
  if (errorNumber === null) return null;
  return failureOfNumber(errorNumber, context.subject, { retryAfterSeconds, message: words(errorDescription) });
}

/** What an HTTP status means where BSG explains it in JSON; "not found" depends on what was requested. */
const CODES_OF_STATUS = {
  400: 'INVALID_PARAMETERS',
  401: 'INVALID_API_KEY',
  403: 'ACCESS_DENIED',
  404: null,
  422: 'INVALID_PARAMETERS',
} as const satisfies Readonly<Record<number, BsgErrorCode | null>>;

function isHttpErrorOf(status: number): status is keyof typeof CODES_OF_STATUS {
  return status in CODES_OF_STATUS;
}

/** A failure that BSG names by HTTP status and words alone. */
function failureOfStatus(
  status: keyof typeof CODES_OF_STATUS,
  { subject, notFoundCode }: DecodeContext,
  details: FailureDetails,
): BsgFailure {
  return { ...failure(CODES_OF_STATUS[status] ?? notFoundCode, subject, details), bsgCode: null };
}

const MAX_DESCRIPTION_LENGTH = 500;

/** What BSG says of an error, for people. */
function words(value: unknown): string | undefined {
  return text(value)?.slice(0, MAX_DESCRIPTION_LENGTH);
}

/** BSG's error number, 0 for none (which may be left out), null for something that is no error number. */
function readError(error: unknown): number | null {
  return error === undefined || error === null || error === '' ? 0 : integer(error, 0x7fff_ffff);
}

function badResponse({ status, retryAfterSeconds }: WireResponse, { subject }: DecodeContext): BsgFailure {
  const message = status >= 500 ? `BSG failed with HTTP ${status}.` : `Unexpected response from BSG (HTTP ${status}).`;
  return failure('BAD_RESPONSE', subject, { retryAfterSeconds, message, isOutage: status >= 500 });
}
