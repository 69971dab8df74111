/** The lookups of a message: by its id and by its reference. */
import { type BsgFailure, isFailure } from '../failure.ts';
import { HISTORY_MS, type Resource, StatusKey } from '../resource.ts';
import { fetchSms } from '../single-status.ts';
import { isFinalSms, isSameSms, type Sms, smsSchema, withConstantsOf } from '../sms.ts';
import { canonicalId, validateReference, validateSmsId } from '../validation.ts';

/** What both lookups of a message share. A final status never reverts: a slower answer is an older one. */
const sms = {
  notFoundCode: 'SMS_NOT_FOUND',
  schema: smsSchema,
  isFinal: isFinalSms,
  canRevert: false,
  aliases: keysOfSms,
  equals: isSameSms,
  history: { carryOver: withConstantsOf, keepMs: HISTORY_MS },
} as const satisfies Partial<Resource<Sms>>;

/** A message by BSG's id: `GET /sms/{id}`, or `POST /sms/getStatus` with other ids. */
export const smsById: Resource<Sms> = {
  ...sms,
  name: 'sms',
  validate: validateSmsId,
  canonicalId,
  mass: {
    idOf: canonicalId,
    // A mass answer leaves out what does not exist, and this id was not found on its own before.
    resultOf: (message, id, known) => message ?? (isNotFound(known) ? { ...known, subject: id } : null),
  },
  fetch: (id, upstream) => fetchSms(`/sms/${canonicalId(id)}`, upstream),
  matches: ({ id: given }, id) => given === canonicalId(id),
};

/**
 * A message by the sender's own id: `GET /sms/reference/{reference}` for the first read, by BSG's id from then on. BSG may
 * leave the reference out of its answer.
 */
export const smsByReference: Resource<Sms> = {
  ...sms,
  name: 'ref',
  validate: validateReference,
  canonicalId: (reference) => reference,
  mass: {
    idOf: (_, known) => (known === null || isFailure(known) ? null : known.id),
    resultOf: (message, reference) => (message !== null && isAnswer(message, reference) ? message : null),
  },
  async fetch(reference, upstream, known) {
    if (known !== null && !isFailure(known)) {
      const result = await fetchSms(`/sms/${known.id}`, upstream);
      if (isAnswer(result, reference)) return result;
    }
    return fetchSms(`/sms/reference/${reference}`, upstream);
  },
  matches: isAboutReference,
};

function keysOfSms({ id, reference }: Sms): readonly StatusKey<Sms>[] {
  const byId = new StatusKey(smsById, id);
  return reference === null ? [byId] : [byId, new StatusKey(smsByReference, reference)];
}

function isNotFound(result: Sms | BsgFailure | null): result is BsgFailure {
  return result !== null && isFailure(result) && result.group === 'notFound';
}

/** Whether what BSG says about a message, by its id, is what it would say by this reference. */
function isAnswer(result: Sms | BsgFailure, reference: string): boolean {
  return isFailure(result) ? !isNotFound(result) : isAboutReference(result, reference);
}

function isAboutReference({ reference: given }: Sms, reference: string): boolean {
  return given === null || given.toLowerCase() === reference.toLowerCase();
}
