import { type BsgFailure, failure } from './failure.ts';

const DIGITS = /^\d{1,20}$/;
const LONGEST_SHOWN = 64;
const REFERENCE = /^[A-Za-z0-9_-]{1,32}$/;

/** Null for a well-formed SMS id (1 to 20 digits), else the failure that says so. */
export function faultOfId(id: string): BsgFailure | null {
  return DIGITS.test(id) ? null : failure('INVALID_PARAMETERS', shown(id), { message: 'An SMS id is 1 to 20 digits.' });
}

/**
 * Null for a well-formed reference, else the failure that says so. Wider than BSG's page, which allows letters and digits
 * only: its own examples have an underscore.
 */
export function faultOfReference(reference: string): BsgFailure | null {
  return REFERENCE.test(reference) ? null : failure('INVALID_REFERENCE', shown(reference));
}

/** Null for a well-formed task id (1 to 20 digits), else the failure that says so. */
export function faultOfTaskId(taskId: string): BsgFailure | null {
  return DIGITS.test(taskId) ? null : failure('INVALID_TASK_ID', shown(taskId));
}

/** As it was asked, unless it is so much longer than a key that answers would grow with it. */
function shown(text: string): string {
  return text.length <= LONGEST_SHOWN ? text : `${text.slice(0, LONGEST_SHOWN)}…`;
}
