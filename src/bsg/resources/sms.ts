import { decodeSmsOrCampaign } from '../campaign-paths.ts';
import { type BsgFailure, failure } from '../failure.ts';
import { equalsApartFromFetchedAt, keyOf, type Resource, type StatusKey, type Upstream } from '../resource.ts';
import { isFinalSms, type Sms, smsSchema } from '../sms.ts';
import { canonicalId, validateReference, validateSmsId } from '../validation.ts';

/** What both lookups of a message share. A final status never reverts: a slower answer is an older one. */
const sms = {
  notFoundCode: 'SMS_NOT_FOUND',
  schema: smsSchema,
  isFinal: isFinalSms,
  canRevert: false,
  aliases: keysOfSms,
  equals: equalsApartFromFetchedAt,
} as const satisfies Partial<Resource<Sms>>;

/** A message by BSG's id: `GET /sms/{id}`. */
export const smsById: Resource<Sms> = {
  ...sms,
  name: 'sms',
  validate: validateSmsId,
  canonicalId,
  fetch: (id, upstream) => fetchSms(`/sms/${canonicalId(id)}`, id, upstream),
  matches: ({ id: given }, id) => given === canonicalId(id),
};

/** A message by the sender's own id: `GET /sms/reference/{reference}`. BSG may leave the reference out of its answer. */
export const smsByReference: Resource<Sms> = {
  ...sms,
  name: 'ref',
  validate: validateReference,
  canonicalId: (reference) => reference,
  fetch: (reference, upstream) => fetchSms(`/sms/reference/${reference}`, reference, upstream),
  matches: ({ reference: given }, reference) => given === null || given.toLowerCase() === reference.toLowerCase(),
};

function keysOfSms({ id, reference }: Sms): readonly StatusKey<Sms>[] {
  return reference === null ? [keyOf(smsById, id)] : [keyOf(smsById, id), keyOf(smsByReference, reference)];
}

async function fetchSms(path: string, subject: string, upstream: Upstream): Promise<Sms | BsgFailure> {
  const { result } = await upstream.get(path, decodeSmsOrCampaign);
  if (result.kind !== 'campaign') return result;
  return failure('SMS_NOT_FOUND', subject, { message: 'This is the task id of a campaign, not the id of an SMS.' });
}
