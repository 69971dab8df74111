/** The lookups of a message: by its id and by its reference. */
import { isFailure } from '../failure.ts';
import { HISTORY_MS, keyOf, type Resource, type StatusKey } from '../resource.ts';
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
  fetch: (id, upstream, known) => upstream.massStatus.fetch(canonicalId(id), upstream, known),
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
  async fetch(reference, upstream, known) {
    if (known !== null && !isFailure(known)) {
      const result = await upstream.massStatus.fetch(known.id, upstream, known);
      const isAnswer = isFailure(result) ? result.group !== 'notFound' : isAboutReference(result, reference);
      if (isAnswer) return result;
    }
    return fetchSms(`/sms/reference/${reference}`, upstream);
  },
  matches: isAboutReference,
};

function keysOfSms({ id, reference }: Sms): readonly StatusKey<Sms>[] {
  return reference === null ? [keyOf(smsById, id)] : [keyOf(smsById, id), keyOf(smsByReference, reference)];
}

function isAboutReference({ reference: given }: Sms, reference: string): boolean {
  return given === null || given.toLowerCase() === reference.toLowerCase();
}
