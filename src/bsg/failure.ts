import { BSG_CODES, type BsgErrorCode, type BsgErrorGroup, codeOf } from './codes.ts';

/** An expected failure of a look-up. It is a value like any other answer; exceptions are for bugs. */
export interface BsgFailure {
  readonly kind: 'failure';
  readonly code: BsgErrorCode;
  readonly group: BsgErrorGroup;
  /** BSG's number; null for the layer's own codes, except that `UNRECOGNIZED` keeps what BSG said. */
  readonly bsgCode: number | null;
  /** BSG's `errorDescription` where it gave one, else this layer's words. Never a key, never a stack. */
  readonly message: string;
  readonly retryable: boolean;
  /** The id, reference or task id as it was asked for. */
  readonly subject: string;
  /** Whole seconds after which asking again may help, where BSG said so; else null. */
  readonly retryAfterSeconds: number | null;
  /** Whether BSG as a whole may be down, rather than this one answer be odd. */
  readonly isOutage: boolean;
}

/** No answer at all, or one that is the same for every question. */
const OUTAGES: ReadonlySet<BsgErrorCode> = new Set<BsgErrorCode>(['TIMEOUT', 'NETWORK', 'RATE_LIMITED']);

/** What a failure may say beyond its code. */
export interface FailureDetails {
  /** Default: the meaning of the code. */
  readonly message?: string | undefined;
  readonly retryAfterSeconds?: number | null;
  /** Default: by the code. */
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
