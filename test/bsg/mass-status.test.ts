import { describe, expect, it, vi } from 'vitest';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { startClient } from '../helpers/client.ts';
import { fakeClock } from '../helpers/clock.ts';
import {
  type BsgRequest,
  held,
  knowsAll,
  type Respond,
  sendJson,
  startFakeBsg,
  toMassItem,
  wireSms,
} from '../helpers/fake-bsg.ts';

const idsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => String(first + i));

/** Answers mass requests as the test says, and everything else as a BSG that knows all. */
function mass(respond: (request: BsgRequest) => { readonly body: unknown; readonly status?: number }): Respond {
  const others = knowsAll();
  return (request, response) => {
    if (request.kind !== 'getStatus') return others(request, response);
    const { body, status } = respond(request);
    sendJson(response, body, status);
  };
}

const item = (id: unknown, differences: object = {}) => ({
  ...toMassItem(wireSms({ id, reference: `ref_${id}` })),
  ...differences,
});

async function start(respond: Respond = knowsAll(), differences: Parameters<typeof startClient>[1] = {}) {
  const bsg = await startFakeBsg(respond);
  const client = startClient(bsg.baseUrl, differences);
  return {
    bsg,
    client,
    /** Fetches the ids together. */
    fetchAll: (ids: readonly string[]) => Promise.all(ids.map(client.smsById)),
  };
}

describe('ids that are requested together', () => {
  it('share one request, each with its own answer', async () => {
    const { bsg, fetchAll } = await start();
    const ids = idsFrom(1, 100);

    expect(await fetchAll(ids)).toMatchObject(ids.map((id) => ({ kind: 'sms', id, reference: `ref_${id}` })));

    expect(bsg.paths).toEqual(['/sms/getStatus']);
    expect(bsg.requests[0]?.ids).toEqual(ids);
    expect(bsg.requests[0]?.headers).toMatchObject({
      'x-api-key': 'live_test_key',
      'content-type': 'application/json',
    });
  });

  it('are at most 100 per request', async () => {
    const { bsg, fetchAll } = await start();
    await fetchAll(idsFrom(1, 250));
    expect(bsg.requests.map(({ ids }) => ids.length).sort()).toEqual([100, 100, 50]);
  });

  it('are sent as the digits they are, each once', async () => {
    const { bsg, fetchAll } = await start();
    const answers = await fetchAll(['18446744073709551615', '007', '7', '3266500452']);

    expect(bsg.requests.map(({ body }) => body)).toEqual(['{"ids":[18446744073709551615,7,3266500452]}']);
    expect(answers).toMatchObject([{ id: '18446744073709551615' }, { id: '7' }, { id: '7' }, { id: '3266500452' }]);
  });

  it('join the request that queues while all others are in flight', async () => {
    const { respond, release } = held();
    const { bsg, client } = await start(respond, { maxConcurrency: 1 });
    const first = client.smsById('1');
    await bsg.received(1);

    const others: Promise<unknown>[] = [];
    for (const id of idsFrom(2, 5)) {
      others.push(client.smsById(id));
      await new Promise(setImmediate);
    }
    release();

    expect(await first).toMatchObject({ id: '1' });
    expect(await Promise.all(others)).toMatchObject(idsFrom(2, 5).map((id) => ({ id })));
    expect(bsg.requests.map(({ key, ids }) => key || ids)).toEqual(['1', idsFrom(2, 5)]);
  });

  it('do not share a request where it is switched off, or where the answers to the key are random', async () => {
    for (const differences of [{ massStatus: 'off' }, { apiKey: 'test_key_of_bsg' }] as const) {
      const { bsg, fetchAll } = await start(knowsAll(), differences);
      await fetchAll(['1', '2']);
      expect([...bsg.paths].sort()).toEqual(['/sms/1', '/sms/2']);
    }
  });

  it('do not take the id of a random answer for that of a reference', async () => {
    const { bsg, client } = await start(knowsAll({ reference: 'random' }), { apiKey: 'test_key_of_bsg' });
    const key = keyOf(smsByReference, 'ref_1');
    const first = await client.fetch(key);
    if (first.kind === 'sms') await client.fetch(key, first);
    expect(bsg.paths).toEqual(['/sms/reference/ref_1', '/sms/reference/ref_1']);
  });

  it('get the same from a mass answer as on their own, but for the time at which BSG received the message', async () => {
    const differences = { status: 'undelivered', price: '1.1000000', time_dr: '', msisdn: 380970000001 };
    const { client, fetchAll } = await start(knowsAll(differences));
    const [together] = await fetchAll(['1', '2']);
    const alone = await client.smsById('1');

    expect(together).toMatchObject({ timeIn: undefined });
    expect({ ...together, timeIn: '2017-01-17T09:11:41Z', fetchedAt: '' }).toEqual({ ...alone, fetchedAt: '' });
  });
});

it('a single id is a GET', async () => {
  const { bsg, client } = await start();
  expect(await client.smsById('0211')).toMatchObject({ id: '211' });
  expect(bsg.requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/sms/211']]);
});

describe('a mass answer', () => {
  it('is matched by id, in any order, with leading zeros and as a number', async () => {
    const { bsg, fetchAll } = await start(
      mass(() => ({
        body: '{"result":[{"id":3,"status":"sent"},{"id":"002","status":"READ"},{"id":"1","status":"new"}]}',
      })),
    );
    expect(await fetchAll(['1', '2', '3'])).toMatchObject([{ status: 'NEW' }, { status: 'READ' }, { status: 'SENT' }]);
    expect(bsg.paths).toHaveLength(1);
  });

  it('fails the id whose item has an error, and fetches alone the ids that it says nothing about', async () => {
    const { bsg, fetchAll } = await start(
      mass(() => ({
        body: {
          result: [item('4'), null, 'x', item('2', { status: null }), { id: '1', error: '20', errorDescription: 'No' }],
        },
      })),
    );

    expect(await fetchAll(['1', '2', '3', '4'])).toMatchObject([
      { code: 'SMS_NOT_FOUND', message: 'No', subject: '1' },
      { kind: 'sms', id: '2' },
      { kind: 'sms', id: '3' },
      { kind: 'sms', id: '4' },
    ]);
    expect([...bsg.paths].sort()).toEqual(['/sms/2', '/sms/3', '/sms/getStatus']);
  });

  it('that leaves out an id which was not found on its own says that it is still not found', async () => {
    const { bsg, client } = await start(mass(() => ({ body: { result: [item('1')] } })));
    const notFound = { ...(await start(respondNotFound).then(({ client: other }) => other.smsById('2'))) };

    const answers = await Promise.all([client.smsById('1'), client.fetch(keyOf(smsById, '2'), notFound as never)]);

    expect(answers).toMatchObject([{ id: '1' }, { code: 'SMS_NOT_FOUND', subject: '2' }]);
    expect(bsg.paths).toEqual(['/sms/getStatus']);
  });

  it('never shows the key', async () => {
    const { fetchAll } = await start(
      mass(({ ids }) => ({ body: { result: ids.map((id) => item(id, { currency: 'live_test_key' })) } })),
    );
    expect(await fetchAll(['1', '2'])).toMatchObject([{ currency: '(key)' }, { currency: '(key)' }]);
  });
});

const respondNotFound: Respond = (_, response) => sendJson(response, { error: 20 });

describe('a BSG that does not offer mass requests', () => {
  it.each<[string, number, unknown]>([
    ['404 and a page', 404, '<html>'],
    ['404 and JSON', 404, { code: 404, message: 'Not found' }],
    ['405', 405, ''],
    ['error 4', 200, { error: 4 }],
    ['error 20', 200, { error: '20', errorDescription: 'SMS not found' }],
    ['error 36 with HTTP 400', 400, { error: 36 }],
    ['one message', 200, wireSms({ id: '1' })],
  ])(
    'is detected by %s: its ids are fetched one by one at once, and it is tried again after ten minutes',
    async (_, status, body) => {
      fakeClock();
      const changes: boolean[] = [];
      const { bsg, client, fetchAll } = await start(
        mass(() => ({ body, status })),
        {
          onMassStatus: (isOffered) => changes.push(isOffered),
        },
      );
      const ids = idsFrom(1, 10);
      const found = ids.map((id) => ({ kind: 'sms', id }));

      expect(await fetchAll(ids)).toMatchObject(found);
      expect(bsg.requests.length).toBe(11);
      expect(await fetchAll(ids)).toMatchObject(found);
      expect(bsg.requests.length).toBe(21);
      expect([client.massStatus(), changes]).toEqual(['not offered', [false]]);

      vi.advanceTimersByTime(10 * 60_000);
      expect(await fetchAll(ids)).toMatchObject(found);
      expect(bsg.requests.length).toBe(32);
      vi.advanceTimersByTime(10 * 60_000);
      bsg.respond = knowsAll();
      expect(await fetchAll(ids)).toMatchObject(found);
      expect(bsg.requests.length).toBe(33);
      expect([client.massStatus(), changes]).toEqual(['offered', [false, true]]);
    },
  );
});

describe('a mass request that BSG refuses', () => {
  it.each([
    [422, { message: 'Invalid', errors: { ids: ['unknown'] } }],
    [400, { message: 'Invalid' }],
    [400, { error: 7 }],
  ])('with HTTP %i %o is fetched one by one, and the next ones are sent', async (status, body) => {
    const { bsg, client, fetchAll } = await start(mass(() => ({ body, status })));
    expect(await fetchAll(['1', '2'])).toMatchObject([{ id: '1' }, { id: '2' }]);
    await fetchAll(['1', '2']);
    expect([bsg.count('getStatus'), bsg.count('sms'), client.massStatus()]).toEqual([2, 4, 'unknown']);
  });
});

describe('a mass request that fails', () => {
  it.each<[string, Respond, object]>([
    ['HTTP 401', mass(() => ({ body: { code: 401, message: 'No' }, status: 401 })), { code: 'INVALID_API_KEY' }],
    ['HTTP 429', mass(() => ({ body: '', status: 429 })), { code: 'RATE_LIMITED' }],
    ['HTTP 503', mass(() => ({ body: '<html>', status: 503 })), { code: 'BAD_RESPONSE', isOutage: true }],
    ['HTTP 400 and error 1', mass(() => ({ body: { error: 1 }, status: 400 })), { code: 'INVALID_API_KEY' }],
    ['error 5', mass(() => ({ body: { error: 5 } })), { code: 'UNKNOWN_ERROR' }],
    ['error 1', mass(() => ({ body: { error: 1 } })), { code: 'INVALID_API_KEY' }],
    ['HTML', mass(() => ({ body: '<html>' })), { code: 'BAD_RESPONSE' }],
    ['HTML with HTTP 400', mass(() => ({ body: '<html>', status: 400 })), { code: 'BAD_RESPONSE' }],
    ['nothing', mass(() => ({ body: '' })), { code: 'BAD_RESPONSE' }],
    ['a list', mass(() => ({ body: [] })), { code: 'BAD_RESPONSE' }],
    ['an unknown shape', mass(() => ({ body: { result: {} } })), { code: 'BAD_RESPONSE' }],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/sms/1' }).end(), { code: 'BAD_RESPONSE' }],
    ['a closed connection', (_, response) => response.destroy(), { code: 'NETWORK' }],
    [
      'a cut body',
      (_, response) =>
        response.writeHead(200, { 'content-length': '99' }).write('{"result":[', () => response.destroy()),
      { code: 'NETWORK' },
    ],
  ])('with %s fails all of its ids, and nothing is fetched one by one', async (_, respond, failure) => {
    const { bsg, fetchAll } = await start(respond, { retries: 1 });

    expect(await fetchAll(['1', '2', '3'])).toMatchObject(['1', '2', '3'].map((subject) => ({ ...failure, subject })));

    expect(bsg.count('getStatus')).toBe(bsg.requests.length);
    expect(bsg.requests.length).toBeLessThanOrEqual(2);
  });

  it('after its retries', async () => {
    let attempts = 0;
    const { bsg, fetchAll } = await start(
      mass(({ ids }) => (++attempts < 3 ? { body: '', status: 503 } : { body: { result: ids.map((id) => item(id)) } })),
    );
    expect(await fetchAll(['1', '2'])).toMatchObject([{ id: '1' }, { id: '2' }]);
    expect(bsg.paths).toEqual(['/sms/getStatus', '/sms/getStatus', '/sms/getStatus']);
  });

  it('by its deadline times out each of its ids', async () => {
    const { bsg, fetchAll } = await start(() => {}, { timeoutMs: 200, retries: 0 });
    expect(await fetchAll(['1', '2'])).toMatchObject([
      { code: 'TIMEOUT', isOutage: true },
      { code: 'TIMEOUT', isOutage: true },
    ]);
    expect(bsg.paths).toEqual(['/sms/getStatus']);
  });
});
