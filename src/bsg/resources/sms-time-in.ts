import { z } from 'zod';
import { isFailure } from '../failure.ts';
import { equalsApartFromFetchedAt, HISTORY_MS, type Resource } from '../resource.ts';
import { fetchSms } from '../single-status.ts';
import { canonicalId, validateSmsId } from '../validation.ts';

const smsTimeInSchema = z
  .strictObject({
    kind: z.literal('smsTimeIn'),
    /** Of the message. */
    id: z.string().regex(/^\d{1,20}$/),
    /** RFC 3339 in UTC; null where BSG does not say. */
    timeIn: z.iso.datetime().nullable(),
    fetchedAt: z.iso.datetime(),
  })
  .readonly();

/** When BSG received a message. */
export type SmsTimeIn = z.infer<typeof smsTimeInSchema>;

/** When BSG received a message, by its id: `GET /sms/{id}` has it, a mass answer does not. It never changes. */
export const smsTimeIn: Resource<SmsTimeIn> = {
  name: 'received',
  notFoundCode: 'SMS_NOT_FOUND',
  schema: smsTimeInSchema,
  validate: validateSmsId,
  canonicalId,
  async fetch(id, upstream, known) {
    // Kept from an earlier fetch, though no longer fresh.
    if (known !== null && !isFailure(known)) return known;
    const sms = await fetchSms(`/sms/${canonicalId(id)}`, upstream);
    if (isFailure(sms)) return sms;
    return { kind: 'smsTimeIn', id: sms.id, timeIn: sms.timeIn ?? null, fetchedAt: sms.fetchedAt };
  },
  matches: ({ id: given }, id) => given === canonicalId(id),
  aliases: () => [],
  isFinal: () => true,
  canRevert: false,
  equals: equalsApartFromFetchedAt,
  history: { carryOver: (value) => value, keepMs: HISTORY_MS },
};
