import { describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { held, knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { hasRedis } from '../helpers/redis.ts';
import { type ClusterNode, startCluster } from '../helpers/redis-cluster.ts';
import { waitUntilShared } from '../helpers/shared.ts';

const ids = Array.from({ length: 60 }, (_, i) => String(i + 1));
const moreIds = Array.from({ length: 100 }, (_, i) => String(i + 1_001));

/** How often each node has read from its connections: commands that arrive together count once. */
const readsOf = (nodes: readonly ClusterNode[]) =>
  Promise.all(
    nodes.map(async ({ client }) => Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1])),
  );

const readAll = (app: TestApp, keys = ids) =>
  app.query<
    { readonly smsBatch: { readonly found: readonly { readonly id: string; readonly status: string }[] } },
    object
  >('query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id status } } }', { ids: keys });
const readiness = async (app: TestApp) => (await app.fetch('/ready')).json();

/** Two instances on one cluster, which they reach by the address of its first node. */
async function startBoth(rateLimit: string) {
  const slow = held(knowsAll({ status: 'sent' }));
  const [bsg, nodes] = await Promise.all([startFakeBsg(slow.respond), startCluster()]);
  const environment = {
    REDIS_URL: nodes[0]?.url ?? '',
    CACHE_TTL_MS: '600000',
    RATE_LIMIT: rateLimit,
    WEBHOOK_SECRET: 'secret_of_the_reports',
  };
  const [a, b] = [startApp(bsg.baseUrl, environment), startApp(bsg.baseUrl, environment)];
  for (const app of [a, b]) await expect.poll(() => readiness(app)).toMatchObject({ redis: 'up' });
  return { a, b, bsg, nodes, slow };
}

describe.skipIf(!hasRedis)('a Redis Cluster (needs Redis)', () => {
  it('shares locks, statuses, changes and the rate limit, in one round trip per node', async () => {
    const { a, b, bsg, nodes, slow } = await startBoth('1000');
    const requested = () => bsg.requests.flatMap(({ ids: many }) => many);
    const reads = [readAll(a), readAll(b)];
    await expect.poll(() => requested().length).toBe(ids.length);
    slow.release();
    for (const { data } of await Promise.all(reads)) expect(data.smsBatch.found).toHaveLength(ids.length);
    expect(requested().toSorted()).toEqual(ids.toSorted());

    // All keys of a message are on one node, and not all messages on the same one.
    const masters = nodes.slice(0, 3);
    const stored = () => Promise.all(masters.map(({ client }) => client.keys('*{sms:*}')));
    await expect.poll(async () => (await stored()).flat().length).toBe(ids.length);
    expect((await stored()).every(({ length }) => length > 0)).toBe(true);

    const before = await readsOf(masters);
    await readAll(a, moreIds);
    await expect.poll(async () => (await stored()).flat().length).toBe(ids.length + moreIds.length);
    // One for locks and reads and one for writes, and again for each buffer of Redis (16 KiB) that is full; and the polls above.
    for (const [i, reads] of (await readsOf(masters)).entries()) expect(reads - (before[i] ?? 0)).toBeLessThan(20);

    bsg.respond = knowsAll();
    expect((await a.fetch('/hooks/bsg/secret_of_the_reports?id=7')).status).toBe(204);
    await expect
      .poll(async () => (await readAll(b, ['7'])).data.smsBatch.found)
      .toEqual([{ id: '7', status: 'DELIVERED' }]);

    for (const app of [a, b]) expect(await readiness(app)).toMatchObject({ redis: 'up' });
    expect(a.log() + b.log()).not.toContain('Redis unavailable');
    const spent = [];
    for (let i = 0; i < 20; i++) spent.push((await readAll(i % 2 === 0 ? a : b)).errors === undefined);
    // 1000 lookups a minute for both together, less those above.
    expect(spent.filter(Boolean).length).toBeLessThanOrEqual(13);
  });

  it('is used again once a replica has taken over from the node whose address was given', async () => {
    const { a, b, bsg, nodes, slow } = await startBoth('0');
    slow.release();
    nodes[0]?.kill();

    expect((await readAll(a)).data.smsBatch.found).toHaveLength(ids.length);
    await expect.poll(() => nodes[3]?.client.call('info', 'replication')).toContain('role:master');
    let next = 1_000;
    for (const app of [a, b]) {
      await expect
        .poll(async () => [await readAll(app, [String(next++)]), await readiness(app)])
        .toMatchObject([{}, { redis: 'up' }]);
    }
    const readBy = (app: TestApp) => async (keys: readonly string[]) =>
      expect((await readAll(app, [...keys])).data.smsBatch.found).toHaveLength(keys.length);
    await waitUntilShared(bsg, readBy(a), readBy(b), ids.length);

    // Without any connection, an instance has the addresses that it knows, of which the first is gone for good.
    const timesUp = (app: TestApp) => app.log().split('Redis available').length;
    const before = [a, b].map(timesUp);
    await Promise.all(nodes.slice(1).map(({ client }) => client.call('client', 'kill', 'type', 'normal')));
    for (const [i, app] of [a, b].entries()) await expect.poll(() => timesUp(app)).toBeGreaterThan(before[i] ?? 0);
    await waitUntilShared(bsg, readBy(a), readBy(b), ids.length);
  });
});
