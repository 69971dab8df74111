import { parse } from 'lossless-json';
import { type BsgFailure, type FailureDetails, failure, failureOfNumber } from './failure.ts';
import type { HttpResponse } from './transport.ts';
import type { WireVerdict } from './wire.ts';
import { integer, text, type WireFields } from './wire-fields.ts';

/** What a decoder needs beside the JSON itself. */
export interface DecodeContext {
  /** The id, reference or task id as requested. */
  readonly subject: string;
  /** When BSG responded; RFC 3339 in UTC. */
  readonly fetchedAt: string;
  /** See `createTimeReader`. */
  readonly readTime: (wireTime: unknown) => string | null;
}

/** A JSON object of BSG, with values of unknown type. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Reads one kind of value from a JSON object that names no error; null for an object of another kind. */
export type Decode<Value> = (wire: WireObject, context: DecodeContext) => Value | null;

/**
 * Decodes a response. Success and failure show in the HTTP status, in `error` within a 200, or in both; an error that BSG
 * names wins over anything else in the response.
 */
export function decodeResponse<Value>(
  response: HttpResponse,
  decode: Decode<Value>,
  context: DecodeContext,
): Value | BsgFailure {
  const details = { retryAfterSeconds: response.retryAfterSeconds };
  if (response.status === 429) return failure('RATE_LIMITED', context.subject, details);
  const wire = parseObject(response.body);
  if (wire === null) return badResponse(response, context, details);
  const { error, errorDescription }: WireFields<WireVerdict> = wire;
  const errorNumber = readError(error);
  if (errorNumber !== 0 && errorNumber !== null) {
    return failureOfNumber(errorNumber, context.subject, {
      ...details,
      message: text(errorDescription)?.slice(0, MAX_DESCRIPTION_LENGTH),
    });
  }
  const isSuccess = errorNumber === 0 && response.status >= 200 && response.status < 300;
  return (isSuccess ? decode(wire, context) : null) ?? badResponse(response, context, details);
}

const MAX_DESCRIPTION_LENGTH = 500;

/** Numbers stay text: a 20-digit id would not survive as a number, and BSG quotes its numbers at will anyway. */
function parseObject(body: string): WireObject | null {
  try {
    const json = parse(body, undefined, (digits) => digits);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as WireObject) : null;
  } catch {
    return null;
  }
}

/** BSG's error number, 0 for none (which may be left out), null for something that is no error number. */
function readError(error: unknown): number | null {
  return error === undefined || error === null || error === '' ? 0 : integer(error, 0x7fff_ffff);
}

function badResponse({ status }: HttpResponse, { subject }: DecodeContext, details: FailureDetails): BsgFailure {
  const message = status >= 500 ? `BSG failed with HTTP ${status}.` : `Unexpected response from BSG (HTTP ${status}).`;
  return failure('BAD_RESPONSE', subject, { ...details, message, isOutage: status >= 500 });
}
