import { describe, expect, it, vi } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { sendJson, startUpstream, wireCampaign, wireSms } from '../helpers/upstream.ts';

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

async function ask(app: TestApp, ids: readonly string[], references: readonly string[] = []) {
  const { data } = await app.query(Statuses, { ids: [...ids], references: [...references] });
  return data.smsBatch.results;
}

const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);

/** An upstream that answers by id with the status it is told, and counts. */
async function startBsg() {
  const bsg = { status: 'sent', isDown: false, isHanging: false, error: 0, calls: [] as string[], baseUrl: '' };
  const upstream = await startUpstream((request, response) => {
    bsg.calls.push(request.url ?? '');
    if (bsg.isHanging) return;
    if (bsg.isDown) return sendJson(response, 'down', 503);
    if (bsg.error !== 0) return sendJson(response, { error: bsg.error });
    const id = request.url?.split('/').at(-1)?.replace('ref_', '') ?? '';
    sendJson(response, wireSms({ id, reference: `ref_${id}`, status: bsg.status }));
  });
  bsg.baseUrl = upstream.baseUrl;
  return bsg;
}

const noRetries = { BSG_RETRIES: '0' };

describe('a status that BSG gave', () => {
  it('is kept for two seconds while it can change, and has the moment at which BSG gave it', async () => {
    fakeClock();
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl);

    const first = await ask(app, ['1']);
    seconds(1.9);
    expect(await ask(app, ['1'])).toEqual(first);
    expect(bsg.calls).toHaveLength(1);

    seconds(0.2);
    bsg.status = 'delivered';
    expect(await ask(app, ['1'])).toEqual([{ id: '1', status: 'DELIVERED', fetchedAt: '2026-01-01T00:00:02.100Z' }]);
    expect(bsg.calls).toHaveLength(2);
  });

  it('is kept for a day when it is final', async () => {
    fakeClock();
    const bsg = await startBsg();
    bsg.status = 'delivered';
    const app = startApp(bsg.baseUrl);

    await ask(app, ['1']);
    seconds(86_399);
    await ask(app, ['1']);
    expect(bsg.calls).toHaveLength(1);
    seconds(2);
    await ask(app, ['1']);
    expect(bsg.calls).toHaveLength(2);
  });

  it('is not kept where its rule is switched off', async () => {
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl, { CACHE_TTL_MS: '0', CACHE_FINAL_TTL_MS: '0', CACHE_STALE_IF_ERROR_MS: '0' });

    for (bsg.status of ['sent', 'sent', 'delivered', 'delivered']) await ask(app, ['1']);
    expect(bsg.calls).toHaveLength(4);
  });

  it('is known by both keys, whichever it was asked for by', async () => {
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl);

    await ask(app, ['1']);
    await ask(app, [], ['ref_2']);
    expect(await ask(app, ['2'], ['ref_1'])).toMatchObject([{ id: '2' }, { id: '1' }]);
    expect(bsg.calls).toEqual(['/sms/1', '/sms/reference/ref_2']);
  });

  it('is forgotten when too much is known, what was not asked for longest first', async () => {
    const bsg = await startBsg();
    bsg.status = 'delivered';
    const app = startApp(bsg.baseUrl, { CACHE_MAX_ENTRIES: '4' });

    await ask(app, ['1']);
    await ask(app, ['2']);
    await ask(app, ['1'], ['ref_1']);
    await ask(app, ['3']);
    bsg.calls.length = 0;

    await ask(app, ['1']);
    await ask(app, ['3']);
    expect(bsg.calls).toEqual([]);
    await ask(app, ['2']);
    expect(bsg.calls).toEqual(['/sms/2']);
  });

  it('may be that of a campaign', async () => {
    fakeClock();
    const upstream = await startUpstream((_, response, call) =>
      sendJson(response, wireCampaign({ sent: call, delivered: 0 })),
    );
    const app = startApp(upstream.baseUrl);
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
      const upstream = await startUpstream((_request, response) => sendJson(response, wireCampaign()));
      const app = startApp(upstream.baseUrl, ttls);
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
  it('is kept for two seconds where there is no such message', async () => {
    fakeClock();
    const bsg = await startBsg();
    bsg.error = 20;
    const app = startApp(bsg.baseUrl);

    await ask(app, ['1']);
    bsg.error = 0;
    expect(await ask(app, ['1'])).toEqual([{ code: 'SMS_NOT_FOUND' }]);
    seconds(2);
    expect(await ask(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it.each([1, 5, 8, 25, 99])('with the error %i of BSG is not kept', async (error) => {
    const bsg = await startBsg();
    bsg.error = error;
    const app = startApp(bsg.baseUrl);

    await ask(app, ['1']);
    bsg.error = 0;
    expect(await ask(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it('of BSG to answer is not kept', async () => {
    const bsg = await startBsg();
    bsg.isDown = true;
    const app = startApp(bsg.baseUrl, noRetries);

    expect(await ask(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    bsg.isDown = false;
    expect(await ask(app, ['1'])).toMatchObject([{ id: '1' }]);
  });
});

describe('many who ask for one key at once', () => {
  it.each([
    ['answers', 200],
    ['fails', 503],
  ])('cost one call when BSG %s', async (_, status) => {
    const app = startApp(
      (
        await startUpstream((_request, response, callNumber) => {
          if (callNumber > 1) return sendJson(response, { error: 12 });
          // Answered only when all have been asked for a while: each has gone through the event loop more than once.
          setTimeout(() => sendJson(response, status === 200 ? wireSms({ id: '1' }) : 'down', status), 100);
        })
      ).baseUrl,
      noRetries,
    );

    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(app, ['1'])));

    const expected = status === 200 ? { id: '1' } : { code: 'BAD_RESPONSE' };
    expect(answers).toHaveLength(50);
    for (const answer of answers) expect(answer).toMatchObject([expected]);
  });
});

describe('while BSG is down', () => {
  it('a known status stands in for ten minutes after it went stale, with its own moment', async () => {
    fakeClock();
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl, noRetries);
    const known = await ask(app, ['1']);
    bsg.isDown = true;

    seconds(3);
    expect(await ask(app, ['1'])).toEqual(known);
    seconds(598);
    expect(await ask(app, ['1'])).toEqual(known);
    seconds(2);
    expect(await ask(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });

  it('nothing stands in where that is switched off, nor for an error that BSG names', async () => {
    fakeClock();
    const bsg = await startBsg();
    const [off, on] = [
      startApp(bsg.baseUrl, { ...noRetries, CACHE_STALE_IF_ERROR_MS: '0' }),
      startApp(bsg.baseUrl, noRetries),
    ];
    await ask(off, ['1']);
    await ask(on, ['1']);
    seconds(3);

    bsg.error = 8;
    expect(await ask(on, ['1'])).toEqual([{ code: 'NOT_ENOUGH_FUNDS' }]);
    bsg.isDown = true;
    expect(await ask(off, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });

  it('what was not there is not said to be so still', async () => {
    fakeClock();
    const bsg = await startBsg();
    bsg.error = 20;
    const app = startApp(bsg.baseUrl, noRetries);
    await ask(app, ['1']);
    bsg.isDown = true;
    seconds(3);

    expect(await ask(app, ['1'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
  });
});

describe('a BSG that has not answered ten times in a row', () => {
  async function startDown() {
    fakeClock();
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl, noRetries);
    const known = await ask(app, ['1']);
    seconds(3);
    bsg.isDown = true;
    for (let id = 100; id < 110; id++) await ask(app, [String(id)]);
    bsg.calls.length = 0;
    return { bsg, app, known };
  }

  it('is not asked: unknown keys fail at once and say when to ask again, known ones stand in', async () => {
    const { bsg, app, known } = await startDown();

    expect(await ask(app, ['7'])).toEqual([{ code: 'BAD_RESPONSE', retryAfter: 5 }]);
    seconds(2);
    expect(await ask(app, ['7'])).toEqual([{ code: 'BAD_RESPONSE', retryAfter: 3 }]);
    expect(await ask(app, ['1'])).toEqual(known);
    expect(bsg.calls).toEqual([]);
    expect(await (await app.fetch('/ready')).json()).toEqual({ status: 'ready', bsg: 'down', redis: 'not used' });
  });

  it('is probed once after five seconds, and again later while it is still down', async () => {
    const { bsg, app } = await startDown();

    seconds(5);
    expect(await ask(app, ['7'])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    expect(await ask(app, ['8'])).toMatchObject([{ code: 'BAD_RESPONSE', retryAfter: 5 }]);
    seconds(5);
    await ask(app, ['9']);
    expect(bsg.calls).toEqual(['/sms/7', '/sms/9']);
  });

  it('is asked by one first when it may be back, and by the others when it is', async () => {
    const { bsg, app } = await startDown();
    bsg.isDown = false;
    seconds(5);

    expect(await ask(app, ['7', '8', '9'])).toMatchObject([{ id: '7' }, { id: '8' }, { id: '9' }]);
    expect(bsg.calls).toHaveLength(3);
  });

  it('does not keep the others waiting when the first is not answered', async () => {
    const { bsg, app } = await startDown();
    bsg.isHanging = true;
    seconds(5);

    const probe = ask(app, ['7']);
    await expect.poll(() => bsg.calls).toEqual(['/sms/7']);
    const startedAt = performance.now();
    expect(await ask(app, ['8', '9'])).toMatchObject([
      { code: 'BAD_RESPONSE', retryAfter: 1 },
      { code: 'BAD_RESPONSE', retryAfter: 1 },
    ]);
    expect(performance.now() - startedAt).toBeLessThan(2_500);
    expect(await probe).toMatchObject([{ code: 'TIMEOUT' }]);
    expect(bsg.calls).toEqual(['/sms/7']);
  });

  it('is asked as before when the probe is answered, if only with an error of its own', async () => {
    const { bsg, app } = await startDown();
    bsg.isDown = false;
    bsg.error = 20;
    seconds(5);

    expect(await ask(app, ['7'])).toEqual([{ code: 'SMS_NOT_FOUND' }]);
    bsg.error = 0;
    expect(await ask(app, ['8', '9'])).toMatchObject([{ id: '8' }, { id: '9' }]);
    expect(await (await app.fetch('/ready')).json()).toEqual({ status: 'ready', bsg: 'up', redis: 'not used' });
  });

  it('is asked again when it said, where it asked for patience', async () => {
    fakeClock();
    const upstream = await startUpstream((_, response) => {
      response.setHeader('retry-after', '60');
      sendJson(response, {}, 429);
    });
    const app = startApp(upstream.baseUrl, noRetries);
    for (let id = 0; id < 10; id++) await ask(app, [String(id)]);

    expect(await ask(app, ['11'])).toEqual([{ code: 'RATE_LIMITED', retryAfter: 60 }]);
    seconds(59);
    await ask(app, ['11']);
    expect(upstream.calls).toHaveLength(10);
    seconds(1);
    await ask(app, ['11']);
    expect(upstream.calls).toHaveLength(11);
  });

  it('is not down for odd answers to single keys', async () => {
    const upstream = await startUpstream((request, response) => {
      if (request.url === '/sms/1') sendJson(response, wireSms({ id: '1' }));
      else sendJson(response, '<h1>Not Found</h1>', 404);
    });
    const app = startApp(upstream.baseUrl);
    for (let id = 100; id < 120; id++) expect(await ask(app, [String(id)])).toMatchObject([{ code: 'BAD_RESPONSE' }]);
    expect(await ask(app, ['1'])).toMatchObject([{ id: '1' }]);
  });

  it('goes on to be asked while it answers now and then', async () => {
    const bsg = await startBsg();
    const app = startApp(bsg.baseUrl, noRetries);
    for (let id = 0; id < 40; id++) {
      bsg.isDown = id % 8 !== 0;
      await ask(app, [String(id)]);
    }
    expect(bsg.calls).toHaveLength(40);
  });
});
