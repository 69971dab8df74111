/** Validation and canonical spelling of ids and references. */
import { type BsgFailure, failure } from './failure.ts';

const DIGITS = /^\d{1,20}$/;
const REFERENCE = /^[A-Za-z0-9_-]{1,50}$/;
const MAX_SUBJECT_LENGTH = 64;

/** Null for a well-formed SMS id (1 to 20 digits), else `INVALID_PARAMETERS`. */
export function validateSmsId(id: string): BsgFailure | null {
  if (DIGITS.test(id)) return null;
  return failure('INVALID_PARAMETERS', truncate(id), { message: 'An SMS id is 1 to 20 digits.' });
}

/**
 * Null for a well-formed reference, else `INVALID_REFERENCE`. This is the newer specification: a UUID has 36 characters. BSG's
 * page allows 32 letters and digits, though its own examples have an underscore; BSG decides, and answers 27.
 */
export function validateReference(reference: string): BsgFailure | null {
  return REFERENCE.test(reference) ? null : failure('INVALID_REFERENCE', truncate(reference));
}

/** Null for a well-formed task id (1 to 20 digits), else `INVALID_TASK_ID`. */
export function validateTaskId(taskId: string): BsgFailure | null {
  return DIGITS.test(taskId) ? null : failure('INVALID_TASK_ID', truncate(taskId));
}

/** An SMS or task id without leading zeros: BSG treats both as equal. A malformed one is returned unchanged. */
export function canonicalId(id: string): string {
  return id.startsWith('0') && DIGITS.test(id) ? id.replace(/^0+(?=\d)/, '') : id;
}

/** Keeps a response from growing with the text that a caller sends as an id. */
function truncate(text: string): string {
  return text.length <= MAX_SUBJECT_LENGTH ? text : `${text.slice(0, MAX_SUBJECT_LENGTH)}…`;
}
