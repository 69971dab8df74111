import { describe, expect, it, vi } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import {
  held,
  isDown,
  knowsAll,
  respondWith,
  sendJson,
  startFakeBsg,
  wireCampaign,
  wireSms,
} from '../helpers/fake-bsg.ts';

const Statuses = graphql(`
  query Statuses($ids: [ID!], $references: [String!]) {
    smsBatch(ids: $ids, references: $references) {
      results {
        ... on Sms { id status fetchedAt }
        ... on BsgErrorDetails { code }
        ... on BsgUnavailableError { retryAfter }
      }
    }
  }
`);

const CampaignSent = graphql(`
  query CampaignSent($taskId: ID!) {
    campaign(taskId: $taskId) {
      ... on Campaign { sent fetchedAt }
    }
  }
`);

async function readSms(app: TestApp, ids: readonly string[], references: readonly string[] = []) {
  const { data } = await app.query(Statuses, { ids: [...ids], references: [...references] });
  return data.smsBatch.results;
}

const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);

/** A BSG that knows every message, with this status. */
const sent = knowsAll({ status: 'sent' });
const delivered = knowsAll({ status: 'delivered' });

const noRetries = { BSG_RETRIES: '0' };

describe('a fetched status', () => {
  it('is cached for two seconds while it is pending, with the time of its response', async () => {
    fakeClock();
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl);

    const first = await readSms(app, ['1']);
    seconds(1.9);
    expect(await readSms(app, ['1'])).toEqual(first);
    expect(bsg.paths).toHaveLength(1);

    seconds(0.2);
    bsg.respond = delivered;
    expect(await readSms(app, ['1'])).toEqual([
      { id: '1', status: 'DELIVERED', fetchedAt: '2026-01-01T00:00:02.100Z' },
    ]);
    expect(bsg.paths).toHaveLength(2);
  });

  it('is cached for a day when it is final', async () => {
    fakeClock();
    const bsg = await startFakeBsg(delivered);
    const app = startApp(bsg.baseUrl);

    await readSms(app, ['1']);
    seconds(86_399);
    await readSms(app, ['1']);
    expect(bsg.paths).toHaveLength(1);
    seconds(2);
    await readSms(app, ['1']);
    expect(bsg.paths).toHaveLength(2);
  });

  it('is not cached with a TTL of 0', async () => {
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl, { CACHE_TTL_MS: '0', CACHE_FINAL_TTL_MS: '0', CACHE_STALE_IF_ERROR_MS: '0' });

    for (bsg.respond of [sent, sent, delivered, delivered]) await readSms(app, ['1']);
    expect(bsg.paths).toHaveLength(4);
  });

  it('is cached by both keys, whichever it was fetched by', async () => {
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl);

    await readSms(app, ['1']);
    await readSms(app, [], ['ref_2']);
    expect(await readSms(app, ['2'], ['ref_1'])).toMatchObject([{ id: '2' }, { id: '1' }]);
    expect(bsg.paths).toEqual(['/sms/1', '/sms/reference/ref_2']);
  });

  it('is evicted beyond CACHE_MAX_ENTRIES, the least recently read first', async () => {
    const bsg = await startFakeBsg(delivered);
    const app = startApp(bsg.baseUrl, { CACHE_MAX_ENTRIES: '4' });

    await readSms(app, ['1']);
    await readSms(app, ['2']);
    await readSms(app, ['1'], ['ref_1']);
    await readSms(app, ['3']);
    bsg.forgetRequests();

    await readSms(app, ['1']);
    await readSms(app, ['3']);
    expect(bsg.paths).toEqual([]);
    await readSms(app, ['2']);
    expect(bsg.paths).toEqual(['/sms/2']);
  });

  it('is there for others while the rest of its batch is still in flight', async () => {
    const slow = held();
    const others = knowsAll();
    const bsg = await startFakeBsg((request, response) =>
      (request.key === 'ref_1' ? slow.respond : others)(request, response),
    );
    const app = startApp(bsg.baseUrl);

    const batch = readSms(app, [], ['ref_1', 'ref_2']);
    await bsg.received(2);
    expect(await readSms(app, [], ['ref_2'])).toMatchObject([{ status: 'DELIVERED' }]);
    expect(bsg.paths).toHaveLength(2);
    slow.release();
    expect(await batch).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]);
  });

  it('of a campaign is cached likewise', async () => {
    fakeClock();
    const bsg = await startFakeBsg(({ number }, response) =>
      sendJson(response, wireCampaign({ sent: number, delivered: 0 })),
    );
    const app = startApp(bsg.baseUrl);
    const sent = async () => (await app.query(CampaignSent, { taskId: '6' })).data.campaign;

    expect([await sent(), await sent()]).toMatchObject([{ sent: 1 }, { sent: 1 }]);
    seconds(2);
    expect(await sent()).toMatchObject({ sent: 2, fetchedAt: '2026-01-01T00:00:02.000Z' });
  });
});

describe('a campaign without a total whose messages all have an outcome', () => {
  const IsFinal = graphql(`
    query IsFinal($taskId: ID!) {
      campaign(taskId: $taskId) {
        ... on Campaign { isFinal fetchedAt }
      }
    }
  `);

  it.each([
    ['as usual', {}],
    ['of zero', { CACHE_TTL_MS: '0', CACHE_STALE_IF_ERROR_MS: '0' }],
  ])(
    'is final when it is read again after ten minutes, with TTLs %s, and is then cached for ten more',
    async (_, ttls) => {
      fakeClock();
      const bsg = await startFakeBsg(respondWith(wireCampaign()));
      const app = startApp(bsg.baseUrl, ttls);
      const read = async () => (await app.query(IsFinal, { taskId: '6' })).data.campaign;

      expect(await read()).toMatchObject({ isFinal: false });
      seconds(599);
      expect(await read()).toMatchObject({ isFinal: false });
      seconds(2);
      expect(await read()).toMatchObject({ isFinal: true, fetchedAt: '2026-01-01T00:10:01.000Z' });
      seconds(599);
      expect(await read()).toMatchObject({ isFinal: true, fetchedAt: '2026-01-01T00:10:01.000Z' });
      seconds(2);
      expect(await read()).toMatchObject({ isFinal: true, fetchedAt: '2026-01-01T00:20:02.000Z' });
    },
  );
});

describe('a failure', () => {
  it('is cached for two seconds where there is no such message', async () => {
    fakeClock();
    const bsg = await startFakeBsg(respondWith({ error: 20 }));
    const app = startApp(bsg.baseUrl);

    await readSms(app, ['1']);
    bsg.respond = sent;
    expect(await readSms(app, ['1'])).toEqual([{ code: 'SMS_NOT_FOUND' }]);
    seconds(2);
    expect(await readSms(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it.each([1, 5, 8, 25, 99])('with the error %i of BSG is not cached', async (error) => {
    const bsg = await startFakeBsg(respondWith({ error }));
    const app = startApp(bsg.baseUrl);

    await readSms(app, ['1']);
    bsg.respond = sent;
    expect(await readSms(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it('of BSG to respond is not cached', async () => {
    const bsg = await startFakeBsg(isDown);
    const app = startApp(bsg.baseUrl, noRetries);

    expect(await readSms(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    bsg.respond = sent;
    expect(await readSms(app, ['1'])).toMatchObject([{ id: '1' }]);
  });
});

describe('concurrent reads of one key', () => {
  it.each([
    ['responds', knowsAll(), { id: '1' }],
    ['fails', isDown, { code: 'BAD_RESPONSE' }],
  ])('cost one request when BSG %s', async (_, respond, expected) => {
    const slow = held(respond);
    const bsg = await startFakeBsg(slow.respond);
    const app = startApp(bsg.baseUrl, noRetries);

    // Each reads a key of its own behind the shared one: once BSG has that request, the shared key has been read as well.
    const reads = Array.from({ length: 49 }, (_, i) => readSms(app, ['1'], [`ref_${100 + i}`]));
    await bsg.received(50);
    slow.release();

    for (const [result] of await Promise.all(reads)) expect(result).toMatchObject(expected);
    expect(bsg.count('sms')).toBe(1);
  });
});

describe('while BSG is down', () => {
  it('a stale value is served for ten minutes, with the time of its own response', async () => {
    fakeClock();
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl, noRetries);
    const known = await readSms(app, ['1']);
    bsg.respond = isDown;

    seconds(3);
    expect(await readSms(app, ['1'])).toEqual(known);
    seconds(598);
    expect(await readSms(app, ['1'])).toEqual(known);
    seconds(2);
    expect(await readSms(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });

  it('no stale value is served where CACHE_STALE_IF_ERROR_MS is 0, nor for an error that BSG names', async () => {
    fakeClock();
    const bsg = await startFakeBsg(sent);
    const [off, on] = [
      startApp(bsg.baseUrl, { ...noRetries, CACHE_STALE_IF_ERROR_MS: '0' }),
      startApp(bsg.baseUrl, noRetries),
    ];
    await readSms(off, ['1']);
    await readSms(on, ['1']);
    seconds(3);

    bsg.respond = respondWith({ error: 8 });
    expect(await readSms(on, ['1'])).toEqual([{ code: 'NOT_ENOUGH_FUNDS' }]);
    bsg.respond = isDown;
    expect(await readSms(off, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });

  it('a stale value is not served where a newer one came while the fetch was in flight', async () => {
    fakeClock();
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl, noRetries);
    await readSms(app, ['1']);
    seconds(3);
    const slow = held(isDown);
    bsg.respond = slow.respond;
    const failing = readSms(app, ['1']);
    await bsg.received(2);
    bsg.respond = delivered;
    expect(await readSms(app, [], ['ref_1'])).toMatchObject([{ status: 'DELIVERED' }]);

    slow.release();

    expect(await failing).toMatchObject([{ status: 'DELIVERED' }]);
  });

  it('a stale "not found" is not served', async () => {
    fakeClock();
    const bsg = await startFakeBsg(respondWith({ error: 20 }));
    const app = startApp(bsg.baseUrl, noRetries);
    await readSms(app, ['1']);
    bsg.respond = isDown;
    seconds(3);

    expect(await readSms(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });
});

describe('after ten outages in a row the circuit breaker', () => {
  async function startDown() {
    fakeClock();
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl, noRetries);
    const known = await readSms(app, ['1']);
    seconds(3);
    bsg.respond = isDown;
    for (let id = 100; id < 110; id++) await readSms(app, [String(id)]);
    bsg.forgetRequests();
    return { bsg, app, known };
  }

  it('is open: unknown keys fail at once with retryAfter, known ones are served stale', async () => {
    const { bsg, app, known } = await startDown();

    expect(await readSms(app, ['7'])).toEqual([{ code: 'BAD_RESPONSE', retryAfter: 5 }]);
    seconds(2);
    expect(await readSms(app, ['7'])).toEqual([{ code: 'BAD_RESPONSE', retryAfter: 3 }]);
    expect(await readSms(app, ['1'])).toEqual(known);
    expect(bsg.paths).toEqual([]);
    expect(await (await app.fetch('/ready')).json()).toEqual({
      status: 'ready',
      bsg: 'down',
      massStatus: 'unknown',
      redis: 'not used',
    });
  });

  it('probes BSG once every five seconds while it stays down', async () => {
    const { bsg, app } = await startDown();

    seconds(5);
    expect(await readSms(app, ['7'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    expect(await readSms(app, ['8'])).toMatchObject([{ code: 'BAD_RESPONSE', retryAfter: 5 }]);
    seconds(5);
    await readSms(app, ['9']);
    expect(bsg.paths).toEqual(['/sms/7', '/sms/9']);
  });

  it('lets the other reads through once the probe succeeds', async () => {
    const { bsg, app } = await startDown();
    bsg.respond = sent;
    seconds(5);

    expect(await readSms(app, ['7', '8', '9'])).toMatchObject([{ id: '7' }, { id: '8' }, { id: '9' }]);
    expect(bsg.paths).toEqual(['/sms/7', '/sms/getStatus']);
  });

  it('fails other reads at once while its probe is pending', async () => {
    const { bsg, app } = await startDown();
    const slow = held(isDown);
    bsg.respond = slow.respond;
    seconds(5);

    const probe = readSms(app, ['7']);
    await bsg.received(1);
    expect(await readSms(app, ['8', '9'])).toMatchObject([
      { code: 'BAD_RESPONSE', retryAfter: 1 },
      { code: 'BAD_RESPONSE', retryAfter: 1 },
    ]);
    slow.release();
    expect(await probe).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    expect(bsg.paths).toEqual(['/sms/7']);
  });

  it('remembers a delivery report about a final status until BSG is available again', async () => {
    fakeClock();
    const bsg = await startFakeBsg(knowsAll({ status: 'expired' }));
    const app = startApp(bsg.baseUrl, { ...noRetries, WEBHOOK_SECRET: 'secret_of_the_reports' });
    await readSms(app, ['1']);
    bsg.respond = isDown;
    for (let id = 100; id < 110; id++) await readSms(app, [String(id)]);
    await app.fetch('/hooks/bsg/secret_of_the_reports?id=1');
    bsg.forgetRequests();
    const slow = held(delivered);
    bsg.respond = slow.respond;
    seconds(5);

    const probe = readSms(app, ['7']);
    await bsg.received(1);
    expect(await readSms(app, ['1'])).toMatchObject([{ status: 'EXPIRED' }]);
    slow.release();
    await probe;

    expect(await readSms(app, ['1'])).toMatchObject([{ status: 'DELIVERED' }]);
  });

  it('closes when the probe is responded to, if only with an error of that key', async () => {
    const { bsg, app } = await startDown();
    bsg.respond = respondWith({ error: 20 });
    seconds(5);

    expect(await readSms(app, ['7'])).toEqual([{ code: 'SMS_NOT_FOUND' }]);
    bsg.respond = sent;
    expect(await readSms(app, ['8', '9'])).toMatchObject([{ id: '8' }, { id: '9' }]);
    expect(await (await app.fetch('/ready')).json()).toEqual({
      status: 'ready',
      bsg: 'up',
      massStatus: 'offered',
      redis: 'not used',
    });
  });

  it('stays open as long as Retry-After says', async () => {
    fakeClock();
    const bsg = await startFakeBsg((_, response) => {
      response.setHeader('retry-after', '60');
      sendJson(response, {}, 429);
    });
    const app = startApp(bsg.baseUrl, noRetries);
    for (let id = 0; id < 10; id++) await readSms(app, [String(id)]);

    expect(await readSms(app, ['11'])).toEqual([{ code: 'RATE_LIMITED', retryAfter: 60 }]);
    seconds(59);
    await readSms(app, ['11']);
    expect(bsg.paths).toHaveLength(10);
    seconds(1);
    await readSms(app, ['11']);
    expect(bsg.paths).toHaveLength(11);
  });

  it('ignores bad responses to single keys', async () => {
    const bsg = await startFakeBsg((request, response) => {
      if (request.url === '/sms/1') sendJson(response, wireSms({ id: '1' }));
      else sendJson(response, '<h1>Not Found</h1>', 404);
    });
    const app = startApp(bsg.baseUrl);
    for (let id = 100; id < 120; id++)
      expect(await readSms(app, [String(id)])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    expect(await readSms(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it('stays closed while BSG responds now and then', async () => {
    const bsg = await startFakeBsg(sent);
    const app = startApp(bsg.baseUrl, noRetries);
    for (let id = 0; id < 40; id++) {
      bsg.respond = id % 8 === 0 ? sent : isDown;
      await readSms(app, [String(id)]);
    }
    expect(bsg.paths).toHaveLength(40);
  });
});
