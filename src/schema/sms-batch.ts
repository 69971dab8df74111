/** `smsBatch`: several messages in one field. */
import type { BsgFailure } from '../bsg/failure.ts';
import { smsById, smsByReference } from '../bsg/resources/sms.ts';
import type { Sms as SmsShape, SmsStatus as SmsStatusName } from '../bsg/sms.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { assertBatchSize } from './batch-size.ts';
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
    fields: (t) => ({
      status: t.expose('status', { type: SmsStatus, description: 'The status.' }),
      count: t.exposeInt('count', { description: 'How many have it, at least 1.' }),
    }),
  });

const SmsBatch = builder.objectRef<Results>('SmsBatch').implement({
  description: 'Several messages at once, in four views; select what you need.',
  fields: (t) => ({
    results: t.field({
      type: [SmsResult],
      description: 'One for each requested id, then one for each requested reference, in the requested order.',
      resolve: (results) => [...results],
    }),
    found: t.field({
      type: [Sms],
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
  return withNewestOfEach(results);
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
