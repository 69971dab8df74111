import type { Answer } from '../bsg/answer.ts';
import type { BsgFailure } from '../bsg/failure.ts';
import { faultOfId, faultOfReference, faultOfTaskId } from '../bsg/keys.ts';

/** What a status is asked for by, as one text: the name under which it is kept and watched. */
export type StatusKey = `sms:${string}` | `ref:${string}` | `task:${string}`;

/** A message by BSG's id. */
export const smsKey = (id: string): StatusKey => `sms:${id}`;

/** A message by the sender's own id for it. */
export const referenceKey = (reference: string): StatusKey => `ref:${reference}`;

/** A campaign by its task id. */
export const taskKey = (taskId: string): StatusKey => `task:${taskId}`;

/** Whether a text is a key. */
export function isStatusKey(text: unknown): text is StatusKey {
  return typeof text === 'string' && /^(sms|ref|task):/.test(text);
}

/** The id, reference or task id within the key. */
export function subjectOf(key: StatusKey): string {
  return key.slice(key.indexOf(':') + 1);
}

/** Null for a key of which BSG may be asked, else the failure that says what is wrong with it. */
export function faultOfKey(key: StatusKey): BsgFailure | null {
  const subject = subjectOf(key);
  if (key.startsWith('sms:')) return faultOfId(subject);
  return key.startsWith('ref:') ? faultOfReference(subject) : faultOfTaskId(subject);
}

/** All keys under which an answer is known: a message by both of its own, whichever it was asked for by. */
export function keysOf(askedKey: StatusKey, answer: Answer): readonly StatusKey[] {
  if (answer.kind !== 'sms') return [askedKey];
  const keys = [askedKey, smsKey(answer.id)];
  return [...new Set(answer.reference === null ? keys : [...keys, referenceKey(answer.reference)])];
}
