import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

const one = { destination: 'phone', originator: 'me', body: 'hi', msisdn: '380972000001', reference: 'my_1' };
const many = {
  destination: 'phones',
  originator: 'me',
  body: 'hi',
  phones: [
    { msisdn: '380972000001', reference: 'my_1' },
    { msisdn: '380972000007', reference: 'my_2' },
  ],
};

describe('creating one message', () => {
  it.each([
    ['PUT', 'text/json'],
    ['POST', 'application/json; charset=utf-8'],
    ['POST', 'multipart/form-data'],
  ])('by %s as %s creates a message that moves', async (method, contentType) => {
    const { call, get, pass } = await startTestSandbox();

    const created = await call(method, '/sms/create', one, { 'content-type': contentType });

    expect(created.body).toEqual({
      result: {
        error: 0,
        errorDescription: 'No errors',
        id: '3266500452',
        reference: 'my_1',
        msisdn: '380972000001',
        price: 0.23,
        currency: 'EUR',
      },
    });
    const seen = async () => (await get('/sms/reference/my_1')).body;
    expect(await seen()).toMatchObject({ id: '3266500452', status: 'scheduled', time_dr: null });
    pass(5);
    expect(await seen()).toMatchObject({ status: 'sent', time_dr: null });
    pass(10);
    expect(await seen()).toMatchObject({ status: 'delivered', time_dr: '2026-01-01 00:00:15' });
    expect((await get('/common/balance')).body.amount).toBe('999.77');
  });

  it.each([
    [21, { msisdn: 'invalidPhone' }],
    [21, { msisdn: undefined }],
    [22, { reference: null }],
    [22, { reference: '' }],
    [23, { reference: 'ext_id_19' }],
    [27, { reference: '__\\||\\/' }],
    [27, { reference: 'a'.repeat(51) }],
    [28, { validity: 0 }],
    [28, { validity: '73' }],
    [28, { validity: 'long' }],
    [28, { validity: { toString: 1 } }],
    [21, { msisdn: { toString: 1 } }],
    [22, { reference: { toString: 1 } }],
  ])('answers %i within the result for %j', async (error, differences) => {
    const { call } = await startTestSandbox();
    const { status, body } = await call('POST', '/sms/create', { ...one, ...differences });
    expect(status).toBe(200);
    expect(body.result).toMatchObject({ error, errorDescription: expect.any(String) });
    expect(body.result).not.toHaveProperty('price');
    expect(body.result).not.toHaveProperty('id');
  });

  it.each([
    [3, { destination: undefined }],
    [7, { destination: 'pigeon' }],
    [6, { tariff: '10' }],
    [6, { tariff: { toString: 1 } }],
    [25, { originator: 'longer than fourteen' }],
    [25, { originator: '' }],
    [26, { body: '' }],
    [26, { body: 'x'.repeat(2_000) }],
  ])('answers %i at the top for %j', async (error, differences) => {
    const { call } = await startTestSandbox();
    const { body } = await call('POST', '/sms/create', { ...one, ...differences });
    expect(body).toEqual({ error, errorDescription: expect.any(String) });
  });

  it.each(['', 'not json', '[]', 'null'])('answers 24 to the body %j', async (text) => {
    const { call } = await startTestSandbox();
    expect((await call('POST', '/sms/create', text)).body).toMatchObject({ error: 24 });
  });
});

describe('creating many messages', () => {
  it('creates a campaign whose counters are those of its messages', async () => {
    const { call, get, pass } = await startTestSandbox();

    const { body } = await call('PUT', '/sms/create', { ...many, validity: '24' });

    expect(body).toMatchObject({ task_id: '6001', total_price: 0.46, currency: 'EUR' });
    expect(body.result.map(({ reference }: { reference: string }) => reference)).toEqual(['my_1', 'my_2']);
    const seen = async () => (await get(`/sms/task/${body.task_id}`)).body;
    expect(await seen()).toMatchObject({ originator: 'me', body: 'hi', validity: 24, totalprice: 0.46, sent: 2 });
    pass(15);
    expect(await seen()).toMatchObject({ sent: 2, delivered: 1, expired: 1 });
  });

  it('accepts a text for each phone', async () => {
    const { call, get } = await startTestSandbox();
    const phones = many.phones.map((phone, i) => ({ ...phone, originator: 'me', body: `hi ${i}` }));

    const { body } = await call('PUT', '/sms/create', { destination: 'individual', phones });

    expect(body.result).toHaveLength(2);
    expect((await get(`/sms/${body.result[1].id}`)).body).toMatchObject({ reference: 'my_2' });
  });

  it('creates the valid ones and reports the others in the result', async () => {
    const { call } = await startTestSandbox();
    const phones = [...many.phones, { msisdn: '380972000001', reference: 'my_3' }, { msisdn: '1', reference: 'my_4' }];

    const { body } = await call('PUT', '/sms/create', { ...many, phones });

    expect(body.result.map(({ error }: { error: number }) => error)).toEqual([0, 0, 31, 21]);
    expect(body.total_price).toBe(0.46);
  });

  it.each([
    [24, { phones: [] }],
    [24, { phones: 'all' }],
    [25, { originator: undefined }],
    [26, { body: ' ' }],
    [26, { body: '', phones: [] }],
    [26, { body: '', phones: undefined }],
    [6, { tariff: 'x' }],
  ])('answers %i at the top for %j', async (error, differences) => {
    const { call } = await startTestSandbox();
    expect((await call('PUT', '/sms/create', { ...many, ...differences })).body).toEqual({
      error,
      errorDescription: expect.any(String),
    });
  });

  it('answers 8 for messages beyond the balance of the account', async () => {
    const { call } = await startTestSandbox();
    const phones = Array.from({ length: 4_400 }, (_, i) => ({ msisdn: `38097${2_000_000 + i}`, reference: `r_${i}` }));

    const { body } = await call('PUT', '/sms/create', { ...many, phones });

    expect(body.result.at(-1)).toMatchObject({ error: 8 });
    expect(body.total_price).toBeLessThanOrEqual(1_000);
  });
});
