import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';

const ids = Array.from({ length: 100 }, (_, i) => String(i + 1));
const batch = `{ smsBatch(ids: ${JSON.stringify(ids)}) { found { id } } }`;

/** How often Redis has read from its connections: commands that arrive together count once. */
async function readsOf({ client }: TestRedis): Promise<number> {
  return Number(/total_reads_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
}

describe.skipIf(!hasRedis)('a batch of 100 statuses (needs Redis)', () => {
  it('takes one round trip for its locks and reads, and one for its writes', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
    const app = startApp(bsg.baseUrl, { REDIS_URL: redis.url, RATE_LIMIT: '0' });
    await expect.poll(async () => (await app.fetch('/ready')).json()).toMatchObject({ redis: 'up' });
    const before = await readsOf(redis);

    const { data } = await app.query<{ readonly smsBatch: { readonly found: readonly unknown[] } }, object>(batch);
    await expect.poll(() => redis.client.dbsize()).toBe(200);

    expect(data.smsBatch.found).toHaveLength(100);
    // A round trip of 100 keys is more than one buffer of Redis (16 KiB) holds, and the polls above are reads as well.
    expect((await readsOf(redis)) - before).toBeLessThan(20);
  });
});
