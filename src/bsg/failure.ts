/** Expected failures as values. */
import { z } from 'zod';
import { BSG_CODES, BSG_ERROR_GROUPS, type BsgErrorCode, codeOf, ERROR_CODES } from './codes.ts';

/** Shape of a {@link BsgFailure}, for failures that come from a shared cache. */
export const failureSchema = z
  .strictObject({
    kind: z.literal('failure'),
    code: z.enum(ERROR_CODES),
    group: z.enum(BSG_ERROR_GROUPS),
    /** BSG's number; null for the layer's own codes, except that `UNRECOGNIZED` keeps BSG's number. */
    bsgCode: z.int32().nullable(),
    /** BSG's `errorDescription` where it sent one, else this layer's words. Never a key, never a stack. */
    message: z.string(),
    retryable: z.boolean(),
    /** The id, reference or task id as requested. */
    subject: z.string(),
    /** Whole seconds after which a retry may help, where BSG said so; else null. */
    retryAfterSeconds: z.int32().min(0).nullable(),
    /** Whether BSG as a whole may be down, rather than this one response be unreadable. Counts for the circuit breaker. */
    isOutage: z.boolean(),
  })
  .readonly();

/** An expected failure of a read. It is a value like any other result; exceptions are for bugs. */
export type BsgFailure = z.infer<typeof failureSchema>;

/** No response at all, or one that is the same for every request. */
const OUTAGES: ReadonlySet<BsgErrorCode> = new Set<BsgErrorCode>(['TIMEOUT', 'NETWORK', 'RATE_LIMITED']);

/** What a failure may say beyond its code. */
export interface FailureDetails {
  /** @default the meaning of the code */
  readonly message?: string | undefined;
  /** @default null */
  readonly retryAfterSeconds?: number | null;
  /** @default true for TIMEOUT, NETWORK and RATE_LIMITED */
  readonly isOutage?: boolean;
}

/** A failure by its name. */
export function failure(code: BsgErrorCode, subject: string, details: FailureDetails = {}): BsgFailure {
  const { bsgCode, group, retryable, meaning } = BSG_CODES[code];
  const { message = meaning, retryAfterSeconds = null, isOutage = OUTAGES.has(code) } = details;
  return { kind: 'failure', code, group, bsgCode, message, retryable, subject, retryAfterSeconds, isOutage };
}

/** A failure by BSG's number, listed or not. */
export function failureOfNumber(bsgCode: number, subject: string, details?: FailureDetails): BsgFailure {
  return { ...failure(codeOf(bsgCode), subject, details), bsgCode };
}

const origins = new WeakMap<BsgFailure, object>();

/** Records the request that an outage comes from, and returns the failure. Others are cached, and would keep it. */
export function fromRequest(request: object | null, failure: BsgFailure): BsgFailure {
  if (request !== null && failure.isOutage) origins.set(failure, request);
  return failure;
}

/** The request behind an outage, null where it is not known. A request for a hundred ids that fails is one outage. */
export function originOf(failure: BsgFailure): object | null {
  return origins.get(failure) ?? null;
}

/** Whether a result is a failure rather than a value. */
export function isFailure(result: { readonly kind: string }): result is BsgFailure {
  return result.kind === 'failure';
}

/** Whether BSG is unavailable, so that a stale value may be served. */
export function isUnavailable(result: { readonly kind: string }): boolean {
  return isFailure(result) && result.group === 'unavailable';
}
