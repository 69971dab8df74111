/** Messages in the schema: type, queries, subscription and entity. */
import { keyOf } from '../bsg/resource.ts';
import { smsById, smsByReference } from '../bsg/resources/sms.ts';
import { smsTimeIn } from '../bsg/resources/sms-time-in.ts';
import { isFinalSms, priceOf, reportDelayOf, SMS_STATUSES, type Sms as SmsShape } from '../bsg/sms.ts';
import { bsgErrorTypes, errorTypeName, orThrow } from './bsg-error.ts';
import { builder } from './builder.ts';
import { entityKey } from './entities.ts';
import { PERSONAL_FIELD, personal } from './personal.ts';
import { IS_STALE } from './stale.ts';
import { subscribeTo } from './subscribe.ts';
import { LOOKUP } from './tags.ts';

/** Delivery status of a message. */
export const SmsStatus = builder.enumType('SmsStatus', {
  description:
    'Delivery status of a message. Use `isFinal` instead of a list of final statuses: it holds for statuses of later versions as well.',
  values: SMS_STATUSES,
});

/** One message. */
export const Sms = builder.objectRef<SmsShape>('Sms').implement({
  description: 'One text message and its delivery status.',
  fields: (t) => ({
    id: t.exposeID('id', { description: "BSG's id of the message: 1 to 20 digits. Keep it as a string." }),
    reference: t.exposeString('reference', {
      nullable: true,
      description: "The sender's own id for the message, up to 50 characters; null when it was sent without one.",
    }),
    msisdn: t.string({
      nullable: true,
      ...PERSONAL_FIELD,
      description:
        'Phone number of the recipient: digits in international format, without a plus. Personal data: where authentication is on, null with an error `FORBIDDEN` for callers without the scope `bsg:personal`.',
      resolve: personal(({ msisdn }) => msisdn),
    }),
    status: t.expose('status', { type: SmsStatus, description: 'Delivery status.' }),
    statusText: t.exposeString('statusText', {
      description: "BSG's own word for the status, verbatim. For display and logs; decide by `status`.",
    }),
    isFinal: t.boolean({
      description:
        "Whether the message has reached its end: stop polling. An operator's late report may still correct the status, such as from `EXPIRED` to `DELIVERED`; subscriptions that are open receive the correction.",
      resolve: isFinalSms,
    }),
    timeIn: t.field({
      type: 'DateTime',
      nullable: true,
      extensions: { isLookup: true },
      cost: 1,
      description:
        'When BSG received the message; null where BSG does not say. Select it only where you show it: messages that are read together come without it, so that it takes one more request to BSG per message, once. Each key then counts as two lookups. Null with an error where that request fails.',
      resolve: async ({ id, timeIn }, _, { loaders }) =>
        timeIn !== undefined ? timeIn : orThrow(await loaders.load(smsTimeIn, id)).timeIn,
    }),
    timeSent: t.expose('timeSent', {
      type: 'DateTime',
      nullable: true,
      description: 'When sending was scheduled for.',
    }),
    timeDr: t.expose('timeDr', {
      type: 'DateTime',
      nullable: true,
      description: 'When the delivery report arrived; null before that.',
    }),
    reportDelay: t.int({
      nullable: true,
      description:
        'Whole seconds from `timeSent` to `timeDr`, at least 0: how long the delivery took. Null until both are known.',
      resolve: reportDelayOf,
    }),
    price: t.float({
      nullable: true,
      description:
        'Price of the message, in `currency`, for display and sorting. For exact arithmetic use `priceText`.',
      resolve: priceOf,
    }),
    priceText: t.exposeString('priceText', {
      nullable: true,
      description:
        'Price of the message exactly as BSG wrote it, such as `0.2300000`. `SmsBatch.prices` adds such prices up without rounding.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Currency of the account, such as `EUR` (ISO 4217).',
    }),
    fetchedAt: t.expose('fetchedAt', { type: 'DateTime', description: 'When BSG gave this answer.' }),
    isStale: t.boolean(IS_STALE),
  }),
});

/** A message, or a failure. */
export const SmsResult = builder.unionType('SmsResult', {
  description: 'A message, or why it cannot be returned.',
  types: [Sms, ...bsgErrorTypes],
  resolveType: (answer) => (answer.kind === 'sms' ? 'Sms' : errorTypeName(answer)),
});

builder.queryFields((t) => ({
  sms: t.field({
    type: SmsResult,
    tag: LOOKUP,
    description: 'The message with this BSG id.',
    args: { id: t.arg.id({ required: true, description: '1 to 20 digits, such as `211`.' }) },
    resolve: (_, { id }, { loaders }) => loaders.load(smsById, id),
  }),
  smsByReference: t.field({
    type: SmsResult,
    tag: LOOKUP,
    description: "The message with the sender's own id for it.",
    args: {
      reference: t.arg.string({ required: true, description: '1 to 50 of `A-Z a-z 0-9 _ -`, such as `ext_id_19`.' }),
    },
    resolve: (_, { reference }, { loaders }) => loaders.load(smsByReference, reference),
  }),
}));

builder.subscriptionField('smsUpdates', (t) =>
  t.field({
    type: SmsResult,
    tag: LOOKUP,
    description:
      'The current state of each message, then each change. An outage of BSG is one event, its end another. Completes when each message is final, not found or invalid. After a lost connection subscribe again: the first events are the current states.',
    args: {
      ids: t.arg.idList({ description: "BSG's ids, 1 to 20 digits each." }),
      references: t.arg.stringList({ description: "The sender's own ids, 1 to 50 of `A-Z a-z 0-9 _ -` each." }),
    },
    subscribe: (_, { ids, references }, context) => subscribeTo(keysOf(ids ?? [], references ?? []), context),
    resolve: (result) => result,
  }),
);

builder.asEntity(Sms, {
  key: [builder.selection<{ id: string }>('id'), builder.selection<{ reference: string }>('reference')],
  resolveReference: (key, { loaders }) => {
    const result =
      'id' in key && key.id !== null
        ? loaders.load(smsById, entityKey('id', key.id))
        : loaders.load(smsByReference, entityKey('reference', 'reference' in key ? key.reference : null));
    return result.then(orThrow);
  },
});

function keysOf(ids: readonly string[], references: readonly string[]) {
  return [...ids.map((id) => keyOf(smsById, id)), ...references.map((reference) => keyOf(smsByReference, reference))];
}
