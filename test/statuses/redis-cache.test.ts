import { describe, expect, it, onTestFinished } from 'vitest';
import { hangs, held, knowsAll, respondWith, startFakeBsg } from '../helpers/fake-bsg.ts';
import { queryAt, subscribe } from '../helpers/http.ts';
import { runProgram } from '../helpers/process.ts';
import { hasRedis, startRedis, type TestRedis } from '../helpers/redis.ts';
import { waitUntilShared } from '../helpers/shared.ts';

interface BatchResult {
  readonly id?: string;
  readonly code?: string;
}

/** A server process on this BSG and Redis, ready when it has reached both. */
async function startInstance(baseUrl: string, redis: TestRedis, environment: Record<string, string> = {}) {
  const program = runProgram([], {
    PORT: '0',
    BSG_API_KEY: 'live_secret_of_a_fleet',
    BSG_BASE_URL: baseUrl,
    BSG_TIMEOUT_MS: '30000',
    REDIS_URL: redis.url,
    // The rate limit counts in Redis as well, and is not tested here.
    RATE_LIMIT: '0',
    ...environment,
  });
  const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
  await program.printed(/Redis available/);
  const address = String(graphiql);

  return {
    program,
    address,
    async read(ids: readonly string[], references: readonly string[] = []): Promise<readonly BatchResult[]> {
      const query = `query ($ids: [ID!], $references: [String!]) {
        smsBatch(ids: $ids, references: $references) { results { ... on Sms { id status } ... on BsgErrorDetails { code } } }
      }`;
      const { data } = await queryAt<{ readonly smsBatch: { readonly results: readonly BatchResult[] } }>(address, {
        query,
        variables: { ids, references },
      });
      return data.smsBatch.results;
    },
    async readiness() {
      return (await fetch(address.replace('/graphql', '/ready'))).json();
    },
  };
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => String(from + i));

describe.skipIf(!hasRedis)('three instances on one Redis (needs Redis)', () => {
  // In the tests of one key each read has a key of its own behind the shared one: once BSG has that request, the shared key
  // has been read as well.
  it('fetch a cold key once between them', async () => {
    const slow = held();
    const [bsg, redis] = await Promise.all([startFakeBsg(slow.respond), startRedis()]);
    const fleet = await Promise.all([1, 2, 3].map(() => startInstance(bsg.baseUrl, redis)));
    const ids = numbers(1, 20);

    const reads = fleet.flatMap((instance, i) => [
      instance.read(ids, [`ref_10${i}`]),
      instance.read(ids, [`ref_20${i}`]),
    ]);
    const requestedIds = () => bsg.requests.flatMap(({ kind, key, ids: many }) => (kind === 'sms' ? [key] : many));
    await expect.poll(() => requestedIds().length + bsg.count('reference')).toBe(20 + reads.length);
    slow.release();
    const answers = (await Promise.all(reads)).map((results) => results.slice(0, ids.length));

    for (const answer of answers) expect(answer.map(({ id }) => id)).toEqual(ids);
    expect(requestedIds().toSorted()).toEqual(ids.toSorted());
  });

  it('share a failure that is not cached', async () => {
    const slow = held(respondWith({ error: 1 }));
    const [bsg, redis] = await Promise.all([startFakeBsg(slow.respond), startRedis()]);
    const fleet = await Promise.all([1, 2, 3].map(() => startInstance(bsg.baseUrl, redis)));

    const reads = fleet.map((instance, i) => instance.read(['1'], [`ref_10${i}`]));
    await bsg.received(1 + reads.length);
    slow.release();

    for (const [result] of await Promise.all(reads)) expect(result).toEqual({ code: 'INVALID_API_KEY' });
    expect(bsg.count('sms')).toBe(1);
  });

  it('time out together on a BSG that hangs, and do not fetch in turn', async () => {
    const bsg = await startFakeBsg(hangs);
    const redis = await startRedis();
    const environment = { BSG_TIMEOUT_MS: '2000', BSG_RETRIES: '0' };
    const fleet = await Promise.all([1, 2, 3].map(() => startInstance(bsg.baseUrl, redis, environment)));

    const answers = await Promise.all(fleet.map((instance) => instance.read(['1'])));

    expect(answers).toEqual([1, 2, 3].map(() => [{ code: 'TIMEOUT' }]));
    expect(bsg.paths).toHaveLength(1);
  });

  it('share a message by both its keys', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const [a, b, c] = await Promise.all([1, 2, 3].map(() => startInstance(bsg.baseUrl, redis)));

    await a?.read(['1'], ['ref_2']);
    await expect.poll(() => redis.client.dbsize()).toBe(4);
    expect(await b?.read(['2'], ['ref_1'])).toMatchObject([{ id: '2' }, { id: '1' }]);
    expect(await c?.read(['1', '2'])).toMatchObject([{ id: '1' }, { id: '2' }]);
    expect(bsg.paths.toSorted()).toEqual(['/sms/1', '/sms/reference/ref_2']);
  });

  it('replace in memory what another one has fetched anew', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
    const keepsLong = { CACHE_TTL_MS: '600000' };
    const keepsNothing = { CACHE_TTL_MS: '0', CACHE_STALE_IF_ERROR_MS: '600000' };
    const [a, b] = await Promise.all([
      startInstance(bsg.baseUrl, redis, keepsLong),
      startInstance(bsg.baseUrl, redis, keepsNothing),
    ]);
    expect(await a.read(['1'])).toEqual([{ id: '1', status: 'SENT' }]);
    await redis.client.flushall();
    bsg.respond = knowsAll();

    expect(await b.read(['1'])).toEqual([{ id: '1', status: 'DELIVERED' }]);
    await expect.poll(() => a.read(['1'])).toEqual([{ id: '1', status: 'DELIVERED' }]);
    expect(bsg.paths).toEqual(['/sms/1', '/sms/1']);
  });

  it('answer every request while Redis crashes and restarts, and then share again', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const fleet = await Promise.all([1, 2, 3].map(() => startInstance(bsg.baseUrl, redis)));
    const [a, b] = fleet;
    let isOver = false;
    let next = 1;
    const failures: unknown[] = [];
    const load = fleet.flatMap((instance) =>
      [1, 2, 3, 4].map(async () => {
        while (!isOver) {
          const ids = numbers(next++, 3);
          const answers = await instance.read(ids).catch((error: unknown) => [{ code: String(error) }]);
          failures.push(...answers.filter((answer) => 'code' in answer));
        }
      }),
    );

    await redis.kill();
    for (const { program } of fleet) await program.printed(/Redis unavailable/);
    expect(await a?.readiness()).toMatchObject({ status: 'ready', bsg: 'up', redis: 'down' });
    const whileDown = next;
    await expect.poll(() => next, { timeout: 20_000 }).toBeGreaterThan(whileDown + 100);
    await redis.start();
    for (const instance of fleet) {
      await expect
        .poll(instance.readiness, { timeout: 20_000 })
        .toMatchObject({ status: 'ready', bsg: 'up', redis: 'up' });
    }
    isOver = true;
    await Promise.all(load);

    expect(failures).toEqual([]);
    const readBy = (instance: typeof a) => async (ids: readonly string[]) =>
      expect(await instance?.read([...ids])).toMatchObject(ids.map((id) => ({ id })));
    await waitUntilShared(bsg, readBy(a), readBy(b));
  }, 90_000);

  it('start and answer without Redis, and use it once it is up', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    await redis.kill();
    const program = runProgram([], {
      PORT: '0',
      BSG_API_KEY: 'live_x',
      BSG_BASE_URL: bsg.baseUrl,
      REDIS_URL: redis.url,
    });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    await program.printed(/Redis unavailable/);

    const response = await fetch(`${graphiql}?query={sms(id:"1"){...on Sms{id}}}`);
    expect(await response.json()).toEqual({ data: { sms: { id: '1' } } });
    await redis.start();
    await program.printed(/Redis available/);
  });

  it('answer while Redis hangs', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const instance = await startInstance(bsg.baseUrl, redis);
    redis.freeze();

    for (const id of numbers(1, 50)) expect(await instance.read([id])).toMatchObject([{ id }]);
    expect(await instance.readiness()).toMatchObject({ status: 'ready', bsg: 'up', redis: 'down' });

    redis.unfreeze();
    await expect
      .poll(
        async () => {
          await instance.read([String(Math.floor(Math.random() * 1e9))]);
          return instance.readiness();
        },
        { timeout: 20_000 },
      )
      .toMatchObject({ status: 'ready', bsg: 'up', redis: 'up' });
  }, 60_000);
});

/** Returns a function that resolves once the lease has been renewed so often. */
async function renewalsOf(lock: string, redis: TestRedis) {
  await redis.client.config('SET', 'notify-keyspace-events', 'Kg');
  const events = redis.client.duplicate();
  onTestFinished(() => events.disconnect());
  await events.psubscribe(`__keyspace@*__:*${lock}`);
  return (count: number) =>
    new Promise<void>((resolve) => {
      let renewals = 0;
      events.on('pmessage', (_, __, event) => {
        if (event === 'expire' && ++renewals === count) resolve();
      });
    });
}

describe.skipIf(!hasRedis)('an instance that is killed while it fetches (needs Redis)', () => {
  it('blocks the others for the short lease of its lock, and not for the deadline of its fetch', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(hangs), startRedis()]);
    // The test ends before this deadline.
    const timeout = { BSG_TIMEOUT_MS: '120000' };
    const [killed, other] = await Promise.all([1, 2].map(() => startInstance(bsg.baseUrl, redis, timeout)));
    const lost = killed?.read(['1']).catch(() => 'lost');
    await bsg.received(1);
    bsg.respond = knowsAll();
    killed?.program.child.kill('SIGKILL');

    expect(await other?.read(['1'])).toMatchObject([{ id: '1' }]);
    expect(await lost).toBe('lost');
  });

  it('keeps its lock for as long as it lives and fetches', async () => {
    const slow = held();
    const [bsg, redis] = await Promise.all([startFakeBsg(slow.respond), startRedis()]);
    const [fetching, other] = await Promise.all([1, 2].map(() => startInstance(bsg.baseUrl, redis)));
    const first = fetching?.read(['1']);
    await bsg.received(1);
    const renewed = await renewalsOf('lock:{sms:1}', redis);
    const waiting = other?.read(['1']);

    // Six renewals take longer than a lease.
    await renewed(6);
    slow.release();

    expect(await Promise.all([first, waiting])).toMatchObject([[{ id: '1' }], [{ id: '1' }]]);
    expect(bsg.paths).toHaveLength(1);
  });
});

describe.skipIf(!hasRedis)('an instance on a machine whose clock is an hour ahead (needs Redis)', () => {
  const ahead = 'data:text/javascript,const{now}=Date;Date.now=()=>now()+36e5';

  it('makes no other instance serve a status for longer than its TTL', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
    const [fast, other] = await Promise.all([
      startInstance(bsg.baseUrl, redis, { NODE_OPTIONS: `--import=${ahead}` }),
      startInstance(bsg.baseUrl, redis),
    ]);
    await fast.read(['1']);

    await expect
      .poll(async () => {
        await other.read(['1']);
        return bsg.paths.length;
      })
      .toBeGreaterThan(1);
  });
});

describe.skipIf(!hasRedis)('two instances with listeners on one Redis (needs Redis)', () => {
  const slowLooks = { LIVE_INTERVAL_MS: '3600000', CACHE_TTL_MS: '3600000', WEBHOOK_SECRET: 'secret_of_the_reports' };

  it('send the delivery report that one receives to the subscribers of the other', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(knowsAll({ status: 'sent' })), startRedis()]);
    const [a, b] = await Promise.all([1, 2].map(() => startInstance(bsg.baseUrl, redis, slowLooks)));
    // The one to which it is reported has never seen it, and the other listens by another key than is reported.
    const query = 'subscription { smsUpdates(references: ["ref_1"]) { ... on Sms { status } } }';
    const updates = subscribe(String(b?.address), query);
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SENT' } });

    bsg.respond = knowsAll();
    const report = String(a?.address).replace('/graphql', '/hooks/bsg/secret_of_the_reports?id=1');
    expect((await fetch(report)).status).toBe(204);

    expect(await updates.rest()).toEqual([{ smsUpdates: { status: 'DELIVERED' } }]);
    expect(bsg.paths).toEqual(['/sms/reference/ref_1', '/sms/1']);
  });
});

describe.skipIf(!hasRedis)('one Redis (needs Redis)', () => {
  it('holds no API key, and keeps accounts apart', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const [a, b] = await Promise.all([
      startInstance(bsg.baseUrl, redis),
      startInstance(bsg.baseUrl, redis, { BSG_API_KEY: 'live_of_someone_else' }),
    ]);

    await a.read(['1']);
    await b.read(['1']);
    expect(bsg.paths).toHaveLength(2);
    await expect.poll(() => redis.client.dbsize()).toBe(4);

    const keys = await redis.client.keys('*');
    const values = await redis.client.mget(keys);
    expect(JSON.stringify([keys, values])).not.toMatch(/secret_of_a_fleet|someone_else/);
    for (const key of keys) expect(await redis.client.pttl(key)).toBeGreaterThan(0);
  });

  it('with malformed change events on it ends no instance', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const instance = await startInstance(bsg.baseUrl, redis);
    await instance.read(['1']);
    const [channel = ''] = await redis.client.pubsub('CHANNELS', '*changes*').then((channels) => channels as string[]);
    const times = {
      requestedAtMs: Date.now() + 1_000,
      freshUntilMs: Date.now() + 9_999,
      staleUntilMs: Date.now() + 9_999,
    };
    for (const answer of [
      { kind: 'sms' },
      { kind: 'sms', id: '1', status: 'OF_ANOTHER_VERSION' },
      { kind: 'campaign', taskId: '1' },
      { kind: 'failure', code: 'OF_ANOTHER_VERSION' },
      null,
      7,
    ]) {
      const event = { from: 'another', keys: ['sms:1', 'task:1'], entry: { result: answer, ...times } };
      await redis.client.publish(channel, JSON.stringify(event));
    }
    expect(await instance.read(['1'])).toMatchObject([{ id: '1' }]);
    expect(instance.program.output()).not.toContain('"level":60');
  });

  it('with undecodable values in it fails no read', async () => {
    const [bsg, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const instance = await startInstance(bsg.baseUrl, redis);
    await instance.read(['1']);
    await expect.poll(() => redis.client.dbsize()).toBe(2);
    const key = (await redis.client.keys('*{sms:1}'))[0] ?? '';

    for (const [i, rubbish] of [
      '',
      'x',
      '{}',
      '[]',
      '7',
      '{"result":{"kind":"what"},"requestedAtMs":0,"freshUntilMs":1,"staleUntilMs":2}',
    ].entries()) {
      const id = String(100 + i);
      await redis.client.set(key.replace(/1}$/, `${id}}`), rubbish);
      await redis.client.publish(key.replace('{sms:1}', 'changes'), rubbish);
      expect(await instance.read([id])).toMatchObject([{ id }]);
    }
  });
});
