import { describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { hasRedis } from '../helpers/redis.ts';
import { startSentinels } from '../helpers/redis-sentinel.ts';
import { waitUntilShared } from '../helpers/shared.ts';

const readiness = async (app: TestApp) => (await app.fetch('/ready')).json();
const read = (app: TestApp, id: string) => app.query('query ($id: ID!) { sms(id: $id) { ... on Sms { id } } }', { id });

describe.skipIf(!hasRedis)('a Redis behind Sentinels (needs Redis)', () => {
  it.each<[string, string, (set: Awaited<ReturnType<typeof startSentinels>>) => unknown]>([
    ['is killed', '', ({ master }) => master.kill()],
    ['becomes a replica, which Sentinels with a password say', 'of_sentinels', ({ failOver }) => failOver()],
  ])('is shared again on the new master after the old one %s', async (_, password, disturb) => {
    const [bsg, sentinels] = await Promise.all([startFakeBsg(), startSentinels(password)]);
    const [a, b] = [0, 1].map(() => startApp(bsg.baseUrl, { REDIS_URL: sentinels.url })) as [TestApp, TestApp];
    for (const app of [a, b]) await expect.poll(() => readiness(app)).toMatchObject({ redis: 'up' });
    await read(a, '1');
    await expect.poll(() => sentinels.master.client.dbsize()).toBeGreaterThan(0);

    await disturb(sentinels);
    await expect.poll(() => sentinels.replica.client.info('replication')).toContain('role:master');
    let id = 100;
    for (const app of [a, b])
      await expect
        .poll(async () => [await read(app, String(id++)), await readiness(app)])
        .toMatchObject([{ data: { sms: { id: expect.any(String) } } }, { redis: 'up' }]);

    const readBy =
      (app: TestApp) =>
      async ([key = '']: readonly string[]) =>
        expect(await read(app, key)).toEqual({ data: { sms: { id: key } } });
    await waitUntilShared(bsg, readBy(a), readBy(b));
  });
});
