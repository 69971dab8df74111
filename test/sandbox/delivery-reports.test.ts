import { EventEmitter, once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { listen } from '../helpers/http.ts';
import { startTestSandbox } from '../helpers/sandbox.ts';

/** A receiver of delivery reports, with what it got so far. */
async function startReceiver({ status = 204, location = '' } = {}) {
  const arrivals = new EventEmitter();
  const reports: unknown[] = [];
  const methods: string[] = [];
  const url = await listen(async (request, response) => {
    methods.push(`${request.method} ${request.url}`);
    reports.push(JSON.parse((await text(request)) || 'null'));
    response.writeHead(status, location === '' ? {} : { location }).end();
    arrivals.emit('report');
  });
  return {
    url: `${url}/hook`,
    reports,
    methods,
    /** Resolves to that many reports. */
    async received(count: number) {
      while (reports.length < count) await once(arrivals, 'report');
      return reports;
    },
  };
}

const one = { destination: 'phone', originator: 'me', body: 'hi', msisdn: '380972000001', reference: 'my_1' };

describe('a callback_url', () => {
  it('gets each change of the status by POST, with the fields of an SMS answer', async () => {
    const { call, pass } = await startTestSandbox();
    const { url, received, methods } = await startReceiver();

    await call('PUT', '/sms/create', { ...one, callback_url: url });
    pass(5);
    const sms = {
      id: '3266500452',
      msisdn: '380972000001',
      reference: 'my_1',
      time_in: '2026-01-01 00:00:00',
      time_sent: '2026-01-01 00:00:00',
      price: 0.23,
      currency: 'EUR',
    };
    expect(await received(1)).toEqual([{ ...sms, time_dr: null, status: 'sent' }]);
    pass(10);
    expect((await received(2))[1]).toEqual({ ...sms, time_dr: '2026-01-01 00:00:15', status: 'delivered' });
    pass(3_600);
    expect(methods).toEqual(['POST /hook', 'POST /hook']);
  });

  it('gets the correction of a phone that ends in 5', async () => {
    const { call, get, pass } = await startTestSandbox();
    const { url, received } = await startReceiver();

    await call('PUT', '/sms/create', { ...one, msisdn: '380972000005', callback_url: url });
    pass(5);
    await received(1);
    pass(10);
    expect((await received(2))[1]).toMatchObject({ status: 'expired', time_dr: '2026-01-01 00:00:15' });
    pass(20);
    expect((await received(3))[2]).toMatchObject({ status: 'delivered', time_dr: '2026-01-01 00:00:35' });
    expect((await get('/sms/reference/my_1')).body).toMatchObject({ status: 'delivered' });
  });

  it('is that of the request for every phone, unless a phone has its own', async () => {
    const { call, pass } = await startTestSandbox();
    const shared = await startReceiver();
    const own = await startReceiver();
    const phones = [
      { msisdn: '380972000001', reference: 'my_1' },
      { msisdn: '380972000002', reference: 'my_2' },
      { msisdn: '380972000003', reference: 'my_3', callback_url: own.url },
    ];

    await call('PUT', '/sms/create', { ...one, destination: 'phones', phones, callback_url: shared.url });
    pass(5);

    const references = (reports: unknown[]) => reports.map((report) => (report as { reference: string }).reference);
    expect(references(await shared.received(2)).toSorted()).toEqual(['my_1', 'my_2']);
    expect(references(await own.received(1))).toEqual(['my_3']);
  });

  it('gets every message of a large campaign, few at a time', async () => {
    const { call, pass } = await startTestSandbox();
    const { url, received } = await startReceiver();
    const phones = Array.from({ length: 200 }, (_, i) => ({ msisdn: `38097${2_000_000 + i}`, reference: `r_${i}` }));

    await call('PUT', '/sms/create', { ...one, destination: 'phones', phones, callback_url: url });
    pass(5);
    const ids = (await received(200)).map((report) => (report as { id: string }).id);
    expect(new Set(ids).size).toBe(200);
  });

  it.each(['http://localhost:9/a', 'https://127.8.8.8/', 'http://[::1]:9/', null, ''])('may be %j', async (url) => {
    const { call } = await startTestSandbox();
    const { body } = await call('PUT', '/sms/create', { ...one, callback_url: url });
    expect(body.result).toMatchObject({ error: 0 });
  });

  it.each([
    'https://hooks.example.com/bsg',
    'http://10.0.0.1/',
    'http://169.254.169.254/latest',
    'http://127.0.0.1.example.com/',
    'http://example.com/@127.0.0.1',
    'http://127.0.0.1@example.com/',
    'file:///etc/hosts',
    'ftp://127.0.0.1/',
    '/hook',
    7,
    `http://127.0.0.1/${'x'.repeat(500)}`,
  ])('of another machine, %j, is refused with error 7, which says why', async (url) => {
    const { call, get, timers } = await startTestSandbox();
    const { body } = await call('PUT', '/sms/create', { ...one, callback_url: url });
    expect(body.result).toMatchObject({ error: 7, errorDescription: expect.stringContaining('callback_url') });
    expect((await get('/sms/reference/my_1')).body).toMatchObject({ error: 20 });
    expect(timers.size).toBe(0);
  });

  it('that fails gets the next change, and nothing twice', async () => {
    const { call, pass } = await startTestSandbox();
    const { url, received } = await startReceiver({ status: 500 });

    await call('PUT', '/sms/create', { ...one, callback_url: url });
    pass(5);
    await received(1);
    pass(3_600);
    expect(await received(2)).toMatchObject([{ status: 'sent' }, { status: 'delivered' }]);
  });

  it('without a listener does not stop the message', async () => {
    const { call, get, pass } = await startTestSandbox();
    await call('PUT', '/sms/create', { ...one, callback_url: 'http://127.0.0.1:9/' });
    pass(15);
    expect((await get('/sms/reference/my_1')).body).toMatchObject({ status: 'delivered' });
  });

  it('cannot redirect a report elsewhere', async () => {
    const { call, pass } = await startTestSandbox();
    const elsewhere = await startReceiver();
    const { url, received } = await startReceiver({ status: 307, location: elsewhere.url });

    await call('PUT', '/sms/create', { ...one, callback_url: url });
    pass(5);
    await received(1);
    pass(10);
    await received(2);
    expect(elsewhere.reports).toEqual([]);
  });

  it('gets nothing once the sandbox is closed', async () => {
    const { call, close, timers } = await startTestSandbox();
    await call('PUT', '/sms/create', { ...one, callback_url: 'http://127.0.0.1:9/' });
    expect(timers.size).toBe(2);
    await close();
    expect(timers.size).toBe(0);
  });
});
