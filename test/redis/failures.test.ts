import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { hasOpenssl, makeCertificate } from '../helpers/certificate.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { hasRedis, startRedis, temporaryFolder } from '../helpers/redis.ts';

const urlWith = (url: string, credentials: string) => url.replace('://', `://${credentials}@`);
const readiness = async (app: TestApp) => (await app.fetch('/ready')).json();

/** Redis is down for the server, which says why in its log and in `/ready`, and answers. */
async function expectReported(failure: string, url: string): Promise<void> {
  const bsg = await startFakeBsg();
  const app = startApp(bsg.baseUrl, { REDIS_URL: url });

  await expect.poll(() => readiness(app)).toMatchObject({ status: 'ready', redis: 'down', redisFailure: failure });
  const [operation, reason] = failure.split(': ');
  const lines = () => app.log().split('\n');
  // Once neither of the two connections is being made any more.
  await expect.poll(lines).toContainEqual(expect.stringContaining('Redis unavailable'));
  const line = lines().find((each) => each.includes('Redis unavailable')) ?? '';
  expect(JSON.parse(line)).toMatchObject({ operation, reason });
  expect(line).not.toMatch(/127\.0\.0\.1|secret|nobody/);
  expect(await app.query('{ sms(id: "1") { ... on Sms { id } } }')).toEqual({ data: { sms: { id: '1' } } });
}

/** Starts a Redis, and returns an address by which it cannot be used. */
type Start = () => Promise<string>;

describe.skipIf(!hasRedis)('a Redis that cannot be used (needs Redis)', () => {
  it.each<[string, string, Start]>([
    ['a wrong password', 'connection: WRONGPASS', async () => urlWith((await startRedis()).url, 'nobody:secret')],
    ['no password', 'connection: NOAUTH', async () => (await startRedis(['--requirepass', 'secret'])).url],
    [
      'a server that is a replica',
      'connection: READONLY',
      async () => (await startRedis(['--replicaof', '127.0.0.1', '1'])).url,
    ],
    ['nothing that listens', 'connection: ECONNREFUSED', async () => 'redis://127.0.0.1:1'],
  ])('is reported with the reason in the log and in /ready: %s', async (_, failure, start) => {
    await expectReported(failure, await start());
  });

  it.skipIf(!hasOpenssl)(
    'is reported with the reason in the log and in /ready: a certificate of an unknown authority (needs openssl)',
    async () => {
      const { key, certificate } = makeCertificate('localhost', temporaryFolder());
      const tls = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-auth-clients', 'no'];
      // Its port is for TLS alone; the test itself does not connect to it.
      const { url } = await startRedis(['--port', '0', ...tls], '--tls-port');
      await expectReported('connection: DEPTH_ZERO_SELF_SIGNED_CERT', url.replace('redis:', 'rediss:'));
    },
  );

  it.each([
    ['it is out of memory', 'OOM', ['config', 'set', 'maxmemory', '1'], ['config', 'set', 'maxmemory', '0']],
    ['its user may not write', 'NOPERM', ['acl', 'setuser', 'default', '-set'], ['acl', 'setuser', 'default', '+set']],
    [
      'it has too few replicas',
      'NOREPLICAS',
      ['config', 'set', 'min-replicas-to-write', '1'],
      ['config', 'set', 'min-replicas-to-write', '0'],
    ],
  ])(
    'is reported once while %s, and when that is over',
    async (_, reason, [broke = '', ...breaks], [mend = '', ...mends]) => {
      const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
      const app = startApp(bsg.baseUrl, { REDIS_URL: redis.url });
      await expect.poll(() => readiness(app)).toMatchObject({ redis: 'up' });
      let id = 1;
      const read = () => app.query('query ($id: ID!) { sms(id: $id) { ... on Sms { id } } }', { id: String(id++) });

      await redis.client.call(broke, ...breaks);
      for (let i = 0; i < 20; i++) expect(await read()).toMatchObject({ data: { sms: { id: String(id - 1) } } });
      expect(await readiness(app)).toMatchObject({ redis: 'down', redisFailure: expect.stringContaining(reason) });
      expect(app.log().match(/Redis unavailable/g)).toHaveLength(1);
      expect(app.log()).toContain(`"reason":"${reason}"`);

      await redis.client.call(mend, ...mends);
      await expect.poll(async () => [await read(), await readiness(app)]).toMatchObject([{}, { redis: 'up' }]);
      expect(app.log().match(/Redis available/g)).toHaveLength(2);
    },
  );

  it('is not one whose replies this process was too busy to read', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const app = startApp(bsg.baseUrl, { REDIS_URL: redis.url });
    await expect.poll(() => readiness(app)).toMatchObject({ redis: 'up' });

    let isBusy = true;
    onTestFinished(() => {
      isBusy = false;
    });
    function beBusy(): void {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400);
      if (isBusy) setImmediate(beBusy);
    }
    beBusy();
    expect(await app.query('{ sms(id: "1") { ... on Sms { id } } }')).toEqual({ data: { sms: { id: '1' } } });
    isBusy = false;

    expect(await readiness(app)).toMatchObject({ redis: 'up' });
    expect(app.log()).not.toContain('Redis unavailable');
  });
});
