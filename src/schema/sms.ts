import { isFinalSms, SMS_STATUSES, type Sms as SmsShape } from '../bsg/sms.ts';
import { referenceKey, smsKey } from '../statuses/status-key.ts';
import { smsOf } from '../statuses/statuses.ts';
import { bsgErrorTypes, errorTypeName, orThrow } from './bsg-error.ts';
import { builder } from './builder.ts';
import { entityKey } from './entities.ts';
import { personal } from './personal.ts';
import { subscribeTo } from './subscribe.ts';
import { LOOKUP, PERSONAL } from './tags.ts';

/** Where a message is in its life. */
export const SmsStatus = builder.enumType('SmsStatus', {
  description: 'Where a message is in its life. Ask `isFinal` instead of listing final statuses yourself.',
  values: SMS_STATUSES,
});

/** One message. */
export const Sms = builder.objectRef<SmsShape>('Sms').implement({
  description: 'One text message and how far it got.',
  fields: (t) => ({
    id: t.exposeID('id', { description: "BSG's id of the message: 1 to 20 digits. Keep it as a string." }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: "The sender's own id for the message, up to 32 characters; null when it was sent without one.",
    }),
    msisdn: t.string({
      nullable: true,
      tag: PERSONAL,
      description:
        'Phone number of the recipient: digits in international format, without a plus. Personal data: where callers have tokens, null and an error `FORBIDDEN` for those without the scope `bsg:personal`.',
      resolve: personal(({ msisdn }) => msisdn),
    }),
    status: t.expose('status', { type: SmsStatus, description: 'Where the message is in its life.' }),
    statusText: t.exposeString('statusText', {
      description: "BSG's own word for the status, to the letter. To show or log; decide by `status`.",
    }),
    isFinal: t.boolean({
      description: 'Whether the status will never change again: stop polling.',
      resolve: isFinalSms,
    }),
    timeIn: t.expose('timeIn', {
      type: 'DateTime',
      nullable: true,
      description: 'When BSG took the message.',
    }),
    timeSent: t.expose('timeSent', {
      type: 'DateTime',
      nullable: true,
      description: 'When sending was scheduled for.',
    }),
    timeDr: t.expose('timeDr', {
      type: 'DateTime',
      nullable: true,
      description: 'When the delivery report came; null before that.',
    }),
    price: t.exposeFloat('price', { nullable: true, description: 'What the message cost, in `currency`.' }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Currency of the account, such as `EUR` (ISO 4217).',
    }),
    fetchedAt: t.expose('fetchedAt', { type: 'DateTime', description: 'When BSG gave this answer.' }),
  }),
});

/** A message, or why there is none. */
export const SmsResult = builder.unionType('SmsResult', {
  description: 'A message, or the error that stands in its place.',
  types: [Sms, ...bsgErrorTypes],
  resolveType: (answer) => (answer.kind === 'sms' ? 'Sms' : errorTypeName(answer)),
});

builder.queryFields((t) => ({
  sms: t.field({
    type: SmsResult,
    tag: LOOKUP,
    description: 'The message with this BSG id.',
    args: { id: t.arg.id({ required: true, description: '1 to 20 digits, such as `211`.' }) },
    resolve: (_, { id }, { loaders }) => loaders.smsById.load(id),
  }),
  smsByReference: t.field({
    type: SmsResult,
    tag: LOOKUP,
    description: "The message with the sender's own id for it.",
    args: {
      reference: t.arg.string({ required: true, description: '1 to 32 of `A-Z a-z 0-9 _ -`, such as `ext_id_19`.' }),
    },
    resolve: (_, { reference }, { loaders }) => loaders.smsByReference.load(reference),
  }),
}));

builder.subscriptionField('smsUpdates', (t) =>
  t.field({
    type: SmsResult,
    tag: LOOKUP,
    description:
      'The current state of each message, then each change of one. Ends when all are final or cannot be found. After a lost connection subscribe again: the first events are the current states.',
    args: {
      ids: t.arg.idList({ description: 'BSG ids.' }),
      references: t.arg.stringList({ description: "The sender's own ids." }),
    },
    subscribe: (_, { ids, references }, context) =>
      subscribeTo([...(ids ?? []).map(smsKey), ...(references ?? []).map(referenceKey)], context),
    resolve: smsOf,
  }),
);

builder.asEntity(Sms, {
  key: [builder.selection<{ id: string }>('id'), builder.selection<{ reference: string }>('reference')],
  resolveReference: async (key, { loaders }) =>
    orThrow(
      await ('id' in key && key.id !== null
        ? loaders.smsById.load(entityKey('id', key.id))
        : loaders.smsByReference.load(entityKey('reference', 'reference' in key ? key.reference : null))),
    ),
});
