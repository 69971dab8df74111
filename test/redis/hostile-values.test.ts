import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';

const SECRET = 'secret_of_the_reports';
const QUERY = `query ($ids: [ID!]!) {
  smsBatch(ids: $ids) { results { ...sms ...error } deliveryRate prices { currency total } statusCounts { status count } }
  campaigns(taskIds: $ids) { ...campaign ...error }
}
fragment sms on Sms {
  id reference msisdn status statusText isFinal timeIn timeSent timeDr reportDelay price priceText currency fetchedAt isStale
}
fragment campaign on Campaign {
  id originator body validity totalPrice currency total queued accepted enroute sent delivered expired undeliverable unknown
  pending deliveryRate isFinal fetchedAt isStale
}
fragment error on BsgErrorDetails { code bsgCode message retryable subject ... on BsgUnavailableError { retryAfter } }`;

const HOSTILE: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 31,
  1e300,
  '',
  'x',
  '9'.repeat(21),
  [],
  [{}],
  {},
  { toString: 1 },
  undefined,
];
const inAMinute = () => Date.now() + 60_000;
const entryOf = (result: object) => ({
  result,
  requestedAtMs: Date.now() + 1_000,
  freshUntilMs: inAMinute(),
  staleUntilMs: inAMinute(),
  recheck: { sinceMs: 0, freshUntilMs: inAMinute() },
});
const failed = {
  kind: 'failure',
  code: 'RATE_LIMITED',
  group: 'unavailable',
  bsgCode: null,
  message: 'Too many requests.',
  retryable: true,
  subject: '1',
  retryAfterSeconds: 1,
  isOutage: true,
};

/** Copies of the value, each with one hostile value somewhere in it. */
function mutationsOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return HOSTILE;
  const inside = Object.entries(value).flatMap(([name, part]) =>
    mutationsOf(part).map((mutation) => ({ ...value, [name]: mutation })),
  );
  return [...HOSTILE, ...inside];
}

describe.skipIf(!hasRedis)('a hostile value in Redis or on its bus (needs Redis)', () => {
  it.each([
    ['a message', 'sms'],
    ['a campaign', 'task'],
    ['a failure', 'sms'],
  ])('in the entry of %s breaks neither a query nor an invalidation', async (what, name) => {
    const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
    const app = startApp(bsg.baseUrl, {
      REDIS_URL: redis.url,
      RATE_LIMIT: '0',
      MAX_BATCH_SIZE: '1000',
      WEBHOOK_SECRET: SECRET,
      BSG_MAX_CONCURRENCY: '200',
    });
    await expect.poll(async () => (await app.fetch('/ready')).json()).toMatchObject({ redis: 'up' });
    await app.query(QUERY, { ids: ['1'] });
    // The message by its id and by its reference, and the campaign.
    await expect.poll(() => redis.client.keys('bsg-graphql:*:1}').then(({ length }) => length)).toBe(2);
    const [key = ''] = await redis.client.keys(`bsg-graphql:*:{${name}:1}`);
    const stored = JSON.parse((await redis.client.get(key)) ?? '');
    const mutations = mutationsOf(entryOf(what === 'a failure' ? failed : stored.result));
    const ids = mutations.map((_, i) => String(1_000 + i));
    // About the message or campaign under whose key it is.
    const texts = mutations.map((each, i) =>
      (JSON.stringify(each) ?? '').replace(/"(id|taskId)":"1"/, `"$1":"${ids[i]}"`),
    );
    const channel = key.replace(`{${name}:1}`, 'changes');
    const publishAll = () =>
      Promise.all(
        texts.map((text, i) =>
          redis.client.publish(channel, `{"from":"x","keys":["${name}:${ids[i]}"],"entry":${text || 'null'}}`),
        ),
      );

    await Promise.all(texts.map((text, i) => redis.client.set(key.replace(/1}$/, `${ids[i]}}`), text)));
    await publishAll();
    expect(await app.query(QUERY, { ids })).not.toHaveProperty('errors');
    await publishAll();
    const reports = await Promise.all(ids.map((id) => app.fetch(`/hooks/bsg/${SECRET}?id=${id}`)));
    expect(new Set(reports.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await app.query(QUERY, { ids })).not.toHaveProperty('errors');
    expect(app.log()).not.toContain('could not be applied');
  });
});
