/** `smsBatch`: several messages in one field. */
import { isAmount, sumOfAmounts } from '../bsg/amounts.ts';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import { smsById, smsByReference } from '../bsg/resources/sms.ts';
import { isDelivered, isFinalSms, type Sms as SmsShape, type SmsStatus as SmsStatusName } from '../bsg/sms.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { assertBatchSize, BATCH_LIST_SIZE } from './batch-size.ts';
import { BsgError } from './bsg-error.ts';
import { builder } from './builder.ts';
import { Sms, SmsResult, SmsStatus } from './sms.ts';
import { LOOKUP } from './tags.ts';

/** The results of a batch, in the requested order. */
type Results = readonly (SmsShape | BsgFailure)[];

const SmsStatusCount = builder
  .objectRef<{ readonly status: SmsStatusName; readonly count: number }>('SmsStatusCount')
  .implement({
    description: 'How many messages of a batch have one status.',
    cost: 0,
    fields: (t) => ({
      status: t.expose('status', { type: SmsStatus, description: 'The status.' }),
      count: t.exposeInt('count', { description: 'How many have it, at least 1.' }),
    }),
  });

const PriceTotal = builder.objectRef<{ readonly currency: string; readonly total: string }>('PriceTotal').implement({
  description: 'What the messages of a batch cost in one currency.',
  cost: 0,
  fields: (t) => ({
    currency: t.exposeString('currency', { description: 'Currency of the prices, such as `EUR` (ISO 4217).' }),
    total: t.exposeString('total', {
      description: 'Exact sum as a decimal number, without trailing zeros, such as `0.46`. Parse it as a decimal.',
    }),
  }),
});

const SmsBatch = builder.objectRef<Results>('SmsBatch').implement({
  description: 'Several messages at once, in several views; select what you need.',
  // Routers count its messages.
  cost: 0,
  fields: (t) => ({
    results: t.field({
      type: [SmsResult],
      listSize: BATCH_LIST_SIZE,
      description: 'One for each requested id, then one for each requested reference, in the requested order.',
      resolve: (results) => [...results],
    }),
    found: t.field({
      type: [Sms],
      listSize: BATCH_LIST_SIZE,
      description: 'The messages found, each once, however often it was requested.',
      resolve: foundIn,
    }),
    errors: t.field({
      type: [BsgError],
      description: 'Why the others cannot be returned, one error for each key; `subject` is the key.',
      resolve: (results) => [...new Set(results.filter((result) => result.kind === 'failure'))],
    }),
    statusCounts: t.field({
      type: [SmsStatusCount],
      description: 'The found messages counted by status; statuses without a message are left out.',
      resolve: countStatuses,
    }),
    isFinal: t.boolean({
      description:
        'Whether nothing in the batch is going to change: stop polling. Each result is a final message, or an error that no later read cures. True for an empty batch.',
      resolve: (results) => results.every(isSettled),
    }),
    deliveryRate: t.float({
      nullable: true,
      description: 'Share of the found messages that are `DELIVERED` or `READ`, 0 to 1; null when none is found.',
      resolve: deliveryRateOf,
    }),
    prices: t.field({
      type: [PriceTotal],
      description:
        'What the found messages cost: one exact sum for each currency. Messages without a price or without a currency are left out.',
      resolve: pricesOf,
    }),
  }),
});

builder.queryField('smsBatch', (t) =>
  t.field({
    type: SmsBatch,
    tag: LOOKUP,
    description:
      'Several messages at once, by id, by reference or both: at most 100 together, unless the server is configured otherwise.',
    args: {
      ids: t.arg.idList({ description: "BSG's ids, 1 to 20 digits each." }),
      references: t.arg.stringList({ description: "The sender's own ids, 1 to 50 of `A-Z a-z 0-9 _ -` each." }),
    },
    resolve: (_, { ids, references }, { loaders, maxBatchSize }) => {
      assertBatchSize((ids?.length ?? 0) + (references?.length ?? 0), maxBatchSize);
      return loadAll(loaders, ids ?? [], references ?? []);
    },
  }),
);

async function loadAll(loaders: Loaders, ids: readonly string[], references: readonly string[]): Promise<Results> {
  const results = await Promise.all([
    ...ids.map((id) => loaders.load(smsById, id)),
    ...references.map((reference) => loaders.load(smsByReference, reference)),
  ]);
  // Ids are read once each, however they are spelled.
  return references.length === 0 ? results : withNewestOfEach(results);
}

/** A message requested by both its keys may have changed between the two reads: the newer one counts for both. */
function withNewestOfEach(results: Results): Results {
  const newest = new Map<string, SmsShape>();
  for (const result of results) {
    if (result.kind !== 'sms') continue;
    const known = newest.get(result.id);
    if (known === undefined || known.fetchedAt < result.fetchedAt) newest.set(result.id, result);
  }
  return results.map((result) => (result.kind === 'sms' ? (newest.get(result.id) ?? result) : result));
}

function foundIn(results: Results): SmsShape[] {
  const found = results.filter((result) => result.kind === 'sms');
  return [...new Map(found.map((sms) => [sms.id, sms])).values()];
}

function countStatuses(results: Results) {
  const counts = new Map<SmsStatusName, number>();
  for (const { status } of foundIn(results)) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => ({ status, count }));
}

/** A message that is not found may still be sent. */
function isSettled(result: SmsShape | BsgFailure): boolean {
  return isFailure(result) ? !result.retryable && result.group !== 'notFound' : isFinalSms(result);
}

function deliveryRateOf(results: Results): number | null {
  const found = foundIn(results);
  return found.length === 0 ? null : found.filter(isDelivered).length / found.length;
}

function pricesOf(results: Results) {
  const amounts = new Map<string, string[]>();
  for (const { currency, priceText } of foundIn(results)) {
    if (currency === null || priceText === null || !isAmount(priceText)) continue;
    amounts.set(currency, [...(amounts.get(currency) ?? []), priceText]);
  }
  return [...amounts].map(([currency, texts]) => ({ currency, total: sumOfAmounts(texts) }));
}
