/** Campaigns in the schema: type, queries, subscription and entity. */
import { type Campaign as CampaignShape, deliveryRateOf, isFinalCampaign, pendingOf } from '../bsg/campaign.ts';
import { keyOf } from '../bsg/resource.ts';
import { campaign } from '../bsg/resources/campaign.ts';
import { assertBatchSize, BATCH_LIST_SIZE } from './batch-size.ts';
import { bsgErrorTypes, errorTypeName, orThrow } from './bsg-error.ts';
import { builder } from './builder.ts';
import { entityKey } from './entities.ts';
import { PERSONAL_FIELD, personal } from './personal.ts';
import { IS_STALE } from './stale.ts';
import { subscribeTo } from './subscribe.ts';
import { LOOKUP } from './tags.ts';

/** One bulk sending. */
export const Campaign = builder.objectRef<CampaignShape>('Campaign').implement({
  description: 'One bulk sending (BSG: a task), with the counters of its messages.',
  fields: (t) => ({
    id: t.exposeID('taskId', {
      description:
        'Equal to `taskId`; the key by which caches of clients such as Apollo Client and urql keep the campaign.',
    }),
    taskId: t.exposeID('taskId', { description: "BSG's id of the campaign: 1 to 20 digits. Keep it as a string." }),
    originator: t.exposeString('originator', {
      nullable: true,
      description: 'Sender name that the phones show.',
    }),
    body: t.string({
      nullable: true,
      ...PERSONAL_FIELD,
      description:
        'Text of the messages. Personal data: where authentication is on, null with an error `FORBIDDEN` for callers without the scope `bsg:personal`.',
      resolve: personal(({ body }) => body),
    }),
    validity: t.exposeInt('validity', {
      nullable: true,
      description: 'Hours for which BSG tries to deliver a message, 72 by default.',
    }),
    totalPrice: t.exposeFloat('totalPrice', {
      nullable: true,
      description: 'Price of the whole campaign, in `currency`.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'Currency of the account, such as `EUR` (ISO 4217).',
    }),
    total: t.exposeInt('total', {
      nullable: true,
      description: 'Messages in the campaign; null, not 0, where BSG does not send it.',
    }),
    queued: t.exposeInt('queued', {
      nullable: true,
      description: 'Messages that wait for their turn; null where BSG does not send it.',
    }),
    accepted: t.exposeInt('accepted', {
      nullable: true,
      description: 'Messages accepted by the provider, not yet sent; null where BSG does not send it.',
    }),
    enroute: t.exposeInt('enroute', {
      nullable: true,
      description: 'Messages on their way to the phones; null where BSG does not send it.',
    }),
    sent: t.exposeInt('sent', {
      description:
        'Messages handed to operators so far; `delivered`, `expired`, `undeliverable` and `unknown` are parts of it. Grows while the campaign runs: use `isFinal` to detect the end.',
    }),
    delivered: t.exposeInt('delivered', { description: 'Messages that reached the phone.' }),
    expired: t.exposeInt('expired', { description: 'Messages not delivered because the phone was off.' }),
    undeliverable: t.exposeInt('undeliverable', {
      description: 'Messages not delivered because the phone number is wrong.',
    }),
    unknown: t.exposeInt('unknown', { description: 'Messages without a delivery report. Can still change.' }),
    pending: t.int({
      description:
        'Messages without an outcome yet: `total` (or `sent` where that is null) minus `delivered`, `expired`, `undeliverable` and `unknown`; never below 0.',
      resolve: pendingOf,
    }),
    deliveryRate: t.float({
      nullable: true,
      description: 'Share of the messages sent so far that were delivered, 0 to 1; null when nothing was sent.',
      resolve: deliveryRateOf,
    }),
    isFinal: t.boolean({
      description:
        'Whether the campaign is over: stop polling. Each of `total` messages has an outcome; where BSG does not send `total`, each sent message has one, and the counters have not changed for ten minutes. A paused campaign may still go on, and late reports may change its counters.',
      resolve: isFinalCampaign,
    }),
    fetchedAt: t.expose('fetchedAt', { type: 'DateTime', description: 'When BSG gave this answer.' }),
    isStale: t.boolean(IS_STALE),
  }),
});

/** A campaign, or a failure. */
export const CampaignResult = builder.unionType('CampaignResult', {
  description: 'A campaign, or why it cannot be returned.',
  types: [Campaign, ...bsgErrorTypes],
  resolveType: (answer) => (answer.kind === 'campaign' ? 'Campaign' : errorTypeName(answer)),
});

builder.queryFields((t) => ({
  campaign: t.field({
    type: CampaignResult,
    tag: LOOKUP,
    description: 'The campaign with this task id.',
    args: { taskId: t.arg.id({ required: true, description: '1 to 20 digits, such as `5001`.' }) },
    resolve: (_, { taskId }, { loaders }) => loaders.load(campaign, taskId),
  }),
  campaigns: t.field({
    type: [CampaignResult],
    tag: LOOKUP,
    listSize: BATCH_LIST_SIZE,
    description: 'Several campaigns at once: one result for each task id, in the requested order.',
    args: {
      taskIds: t.arg.idList({ required: true, description: 'At most 100, unless the server is configured otherwise.' }),
    },
    resolve: (_, { taskIds }, { loaders, maxBatchSize }) => {
      assertBatchSize(taskIds.length, maxBatchSize);
      return taskIds.map((taskId) => loaders.load(campaign, taskId));
    },
  }),
}));

builder.subscriptionField('campaignUpdates', (t) =>
  t.field({
    type: CampaignResult,
    tag: LOOKUP,
    description:
      'The current state of the campaign, then each change of its counters. An outage of BSG is one event, its end another. Completes when the campaign is final, not found or invalid. After a lost connection subscribe again: the first event is the current state.',
    args: { taskId: t.arg.id({ required: true, description: '1 to 20 digits, such as `5006`.' }) },
    subscribe: (_, { taskId }, context) => subscribeTo([keyOf(campaign, taskId)], context),
    resolve: (result) => result,
  }),
);

builder.asEntity(Campaign, {
  key: builder.selection<{ taskId: string }>('taskId'),
  resolveReference: ({ taskId }, { loaders }) => loaders.load(campaign, entityKey('taskId', taskId)).then(orThrow),
});
