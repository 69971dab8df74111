import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { knowsAll, sendJson, startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { exchange, hitsOf, startTwins, type Twins } from '../helpers/twins.ts';

const FIELDS = '{ ... on Sms { id status fetchedAt isStale } ... on BsgErrorDetails { code subject } }';
const QUERIES = [
  `{ sms(id: "1") ${FIELDS} }`,
  `{ sms(id: "2") ${FIELDS} smsByReference(reference: "ref_1") ${FIELDS} }`,
  `{ smsBatch(ids: ["1", "2", "3"]) { results ${FIELDS} } }`,
  '{ campaign(taskId: "1") { ... on Campaign { sent fetchedAt } } }',
] as const;
const post = (query: string) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query }),
});
const ENVIRONMENT = { BSG_RETRIES: '0', BSG_MASS_STATUS: 'off', BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' };

interface World {
  readonly twins: Twins;
  readonly bsg: { readonly statuses: Map<string, string>; isDown: boolean };
}
type Step = (world: World) => unknown;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...QUERIES).map(
      (query): Step =>
        async ({ twins }) => {
          for (let i = 1; i <= 3; i++) await twins.send(post(query));
        },
    ),
  },
  fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('sent', 'delivered', 'expired')).map(
    ([id, status]): Step =>
      ({ bsg }) =>
        bsg.statuses.set(id, status),
  ),
  fc.constantFrom(100, 1_999, 2_000, 60_000, 700_000).map(
    (ms): Step =>
      () =>
        vi.advanceTimersByTime(ms),
  ),
  fc.boolean().map(
    (isDown): Step =>
      ({ bsg }) =>
        Object.assign(bsg, { isDown }),
  ),
);

it('a stored response is the one that would be made: statuses change, expire, are evicted, or stale as BSG is down', async () => {
  fakeClock();
  let hits = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 25 }),
    fc.constantFrom('3', '100'),
    async (steps, CACHE_MAX_ENTRIES) => {
      const state = { statuses: new Map<string, string>(), isDown: false };
      const { baseUrl } = await startFakeBsg((request, response) => {
        if (state.isDown) return sendJson(response, 'down', 503);
        const status = state.statuses.get(request.key.replace('ref_', '')) ?? 'sent';
        knowsAll({ status })(request, response);
      });
      const twins = await startTwins(baseUrl, { ...ENVIRONMENT, CACHE_MAX_ENTRIES });
      for (const take of steps) await take({ twins, bsg: state });
      hits += await twins.storedHits();
    },
  );
  await fc.assert(property, { numRuns: 12 });
  expect(hits).toBeGreaterThan(10);
});

it.skipIf(!hasRedis)(
  'a status that another instance invalidates and fetches makes the stored response invalid',
  async () => {
    const redis = await startRedis();
    const bsg = await startFakeBsg(knowsAll({ status: 'delivered' }));
    const secret = 'secret_of_the_reports';
    const environment = { ...ENVIRONMENT, REDIS_URL: redis.url, WEBHOOK_SECRET: secret };
    const [app, other] = [startApp(bsg.baseUrl, environment), startApp(bsg.baseUrl, environment)];
    const address = await listen(app.listener);
    const send = () => exchange(address, post(QUERIES[0]));
    await expect.poll(async () => [await send(), await hitsOf(app)][1]).toBeGreaterThan(0);

    bsg.respond = knowsAll({ status: 'expired' });
    await other.fetch(`/hooks/bsg/${secret}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"id":"1"}',
    });
    await expect.poll(async () => (await send()).body).toContain('EXPIRED');
  },
);
