import { describe, expect, it, vi } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { respondWith, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';

const OneSms = graphql(`
  query OneSms($id: ID!) {
    sms(id: $id) {
      __typename
      ... on Sms {
        id reference msisdn status statusText isFinal timeIn timeSent timeDr price currency fetchedAt
        reportDelay priceText isStale
      }
      ... on BsgErrorDetails { code bsgCode message retryable subject }
      ... on BsgUnavailableError { retryAfter }
    }
  }
`);

const ByReference = graphql(`
  query ByReference($reference: String!) {
    smsByReference(reference: $reference) {
      __typename
      ... on Sms { id status }
      ... on BsgErrorDetails { code subject }
    }
  }
`);

describe('sms', () => {
  it("returns the example of BSG's page, typed", async () => {
    const { app } = await startAppOnSandbox();

    const { data, errors } = await app.query(OneSms, { id: '211' });

    expect(errors).toBeUndefined();
    expect(data.sms).toEqual({
      __typename: 'Sms',
      id: '211',
      reference: 'ext_id_19',
      msisdn: '380972000001',
      status: 'DELIVERED',
      statusText: 'delivered',
      isFinal: true,
      timeIn: '2017-01-17T09:11:41Z',
      timeSent: '2017-01-17T09:11:41Z',
      timeDr: '2017-01-17T09:11:41Z',
      reportDelay: 0,
      price: 0.23,
      priceText: '0.23',
      currency: 'EUR',
      fetchedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      isStale: false,
    });
  });

  it('returns every seeded status, quirks and all', async () => {
    const { app } = await startAppOnSandbox();
    const results = await Promise.all(Array.from({ length: 11 }, (_, i) => app.query(OneSms, { id: String(301 + i) })));

    const seen = results.map(({ data: { sms } }) => (sms.__typename === 'Sms' ? [sms.status, sms.isFinal] : sms));
    expect(seen).toEqual([
      ['SCHEDULED', false],
      ['MODERATION', false],
      ['ACCEPTED', false],
      ['SENDING', false],
      ['SENT', false],
      ['DELIVERED', true],
      ['EXPIRED', true],
      ['UNDELIVERABLE', true],
      ['REJECTED', true],
      ['UNKNOWN', false],
      ['UNRECOGNIZED', false],
    ]);
    const accepted = results[2]?.data.sms;
    expect(accepted).toMatchObject({ price: 0.02, timeDr: null });
    expect(results[10]?.data.sms).toMatchObject({ statusText: 'buffered' });
  });

  it('returns the status of each moment', async () => {
    fakeClock();
    const { app } = await startAppOnSandbox();
    const status = async () => {
      const { data } = await app.query(OneSms, { id: '401' });
      return data.sms.__typename === 'Sms' && data.sms.status;
    };

    expect(await status()).toBe('SCHEDULED');
    vi.advanceTimersByTime(5_000);
    expect(await status()).toBe('SENT');
    vi.advanceTimersByTime(10_000);
    expect(await status()).toBe('DELIVERED');
  });

  it('accepts an id that is written as a number, and keeps each digit of a long one', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms({ id: '12345678901234567890', msisdn: null })));
    const app = startApp(bsg.baseUrl);

    expect(await app.query('{ sms(id: "12345678901234567890") { ... on Sms { id msisdn } } }')).toEqual({
      data: { sms: { id: '12345678901234567890', msisdn: null } },
    });
    expect(await app.query('{ sms(id: 211) { __typename } }')).toHaveProperty('data.sms.__typename');
    expect(bsg.paths).toEqual(['/sms/12345678901234567890', '/sms/211']);
  });

  it.each([
    ['BsgNotFoundError', '9020', { code: 'SMS_NOT_FOUND', bsgCode: 20, message: 'SMS not found', retryable: false }],
    ['BsgInvalidRequestError', '9025', { code: 'INVALID_ORIGINATOR', bsgCode: 25, retryable: false }],
    ['BsgConflictError', '9031', { code: 'PHONE_ALREADY_LISTED', bsgCode: 31, retryable: false }],
    ['BsgAccessError', '9001', { code: 'INVALID_API_KEY', bsgCode: 1, retryable: false }],
    [
      'BsgUnavailableError',
      '9011',
      { code: 'TOO_MANY_MESSAGES_IN_PROCESS', bsgCode: 11, retryable: true, retryAfter: null },
    ],
    ['BsgUnavailableError', '9429', { code: 'RATE_LIMITED', bsgCode: null, retryable: true, retryAfter: 60 }],
    ['BsgUnavailableError', '9499', { code: 'NETWORK', bsgCode: null, retryable: true, retryAfter: null }],
    ['BsgUnavailableError', '9502', { code: 'BAD_RESPONSE', bsgCode: null, retryable: true, retryAfter: null }],
    ['BsgInvalidRequestError', '211/../../common/balance', { code: 'INVALID_PARAMETERS', bsgCode: 7 }],
  ])('returns a %s as data for %s', async (typeName, id, expected) => {
    const { app } = await startAppOnSandbox();

    const { data, errors } = await app.query(OneSms, { id });

    expect(errors).toBeUndefined();
    expect(data.sms).toMatchObject({ __typename: typeName, subject: id, ...expected });
  });
});

describe('the price', () => {
  it.each([
    [0.23, 0.23, '0.23'],
    ['0.23', 0.23, '0.23'],
    ['1.1000000', 1.1, '1.1000000'],
    ['0.23000000000000001', 0.23, '0.23000000000000001'],
    ['2.0e-2', 0.02, '2.0e-2'],
    ['12345678901234567890.12', 12345678901234567000, '12345678901234567890.12'],
    ['-0.00', 0, '-0.00'],
    [0, 0, '0'],
    ['free', null, 'free'],
    ['1e999', null, '1e999'],
    [null, null, null],
    ['', null, null],
  ])('that BSG writes as %j is the number %j and the text %j', async (wire, price, priceText) => {
    const bsg = await startFakeBsg(respondWith(wireSms({ price: wire })));
    const { data } = await startApp(bsg.baseUrl).query(OneSms, { id: '211' });
    expect(data.sms).toMatchObject({ price, priceText });
  });

  it('keeps each digit of a number without quotes', async () => {
    const bsg = await startFakeBsg(respondWith(JSON.stringify(wireSms()).replace('0.23', '0.230000000000000001')));
    const { data } = await startApp(bsg.baseUrl).query(OneSms, { id: '211' });
    expect(data.sms).toMatchObject({ price: 0.23, priceText: '0.230000000000000001' });
  });
});

describe('the delay of the delivery report', () => {
  it.each([
    ['2026-01-01 10:00:00', '2026-01-01 10:00:07', 7],
    ['2026-01-01T10:00:00Z', '2026-01-01T10:00:01.999000Z', 1],
    ['2026-01-01 10:00:00', '2026-01-02 10:00:00', 86_400],
    ['2026-01-01 10:00:01', '2026-01-01 10:00:00', 0],
    ['1926-01-01 10:00:00', '2026-01-01 10:00:00', 0x7fff_ffff],
    ['2026-01-01 10:00:00', null, null],
    ['2026-01-01 10:00:00', '0000-00-00 00:00:00', null],
    ['', '2026-01-01 10:00:00', null],
  ])('of a message sent at %j and reported at %j is %j', async (time_sent, time_dr, reportDelay) => {
    const bsg = await startFakeBsg(respondWith(wireSms({ time_sent, time_dr })));
    const { data } = await startApp(bsg.baseUrl).query(OneSms, { id: '211' });
    expect(data.sms).toMatchObject({ reportDelay });
  });
});

describe('a reference', () => {
  it.each(['3f2b1c9e-8d47-4e1a-9b60-5a7c2d1e0f93', 'a'.repeat(50), '_'])(
    'such as %s is sent to BSG, which decides',
    async (reference) => {
      const bsg = await startFakeBsg(respondWith(wireSms({ reference })));
      const app = startApp(bsg.baseUrl);

      expect((await app.query(ByReference, { reference })).data.smsByReference).toMatchObject({ id: '211' });
      bsg.respond = respondWith({ error: 27, errorDescription: 'Invalid external id' });
      const { data } = await app.query(ByReference, { reference: `${reference}`.slice(1) || '-' });
      expect(data.smsByReference).toMatchObject({ __typename: 'BsgInvalidRequestError', code: 'INVALID_REFERENCE' });
      expect(bsg.paths).toHaveLength(2);
    },
  );

  it.each(['', 'a'.repeat(51), 'a.b', 'ü'])('such as %j is malformed, and not sent', async (reference) => {
    const bsg = await startFakeBsg();
    const { data } = await startApp(bsg.baseUrl).query(ByReference, { reference });
    expect(data.smsByReference).toMatchObject({ code: 'INVALID_REFERENCE' });
    expect(bsg.paths).toEqual([]);
  });
});

describe('an HTTP error that BSG explains in JSON', () => {
  it.each([
    [401, 'BsgAccessError', 'INVALID_API_KEY'],
    [403, 'BsgAccessError', 'ACCESS_DENIED'],
    [404, 'BsgNotFoundError', 'SMS_NOT_FOUND'],
    [400, 'BsgInvalidRequestError', 'INVALID_PARAMETERS'],
    [422, 'BsgInvalidRequestError', 'INVALID_PARAMETERS'],
  ])('with status %i is a %s, fetched once, and no outage however often it comes', async (status, __typename, code) => {
    const bsg = await startFakeBsg(respondWith({ code: status, message: 'BSG says why' }, status));
    const app = startApp(bsg.baseUrl);

    for (let id = 1; id <= 12; id++) {
      const { data } = await app.query(OneSms, { id: String(id) });
      const details = { code, bsgCode: null, message: 'BSG says why', retryable: false, subject: String(id) };
      expect(data.sms).toEqual({ __typename, ...details });
    }
    expect(bsg.paths).toHaveLength(12);
    expect(await (await app.fetch('/ready')).json()).toMatchObject({ bsg: 'up' });
  });
});

describe('smsByReference', () => {
  it('finds a message', async () => {
    const { app } = await startAppOnSandbox();
    expect((await app.query(ByReference, { reference: 'ext_id_19' })).data.smsByReference).toEqual({
      __typename: 'Sms',
      id: '211',
      status: 'DELIVERED',
    });
  });

  it.each([
    ['nobody', 'BsgNotFoundError', 'SMS_NOT_FOUND'],
    ['not well-formed', 'BsgInvalidRequestError', 'INVALID_REFERENCE'],
    ['error_5', 'BsgUnavailableError', 'UNKNOWN_ERROR'],
  ])('of %j returns a %s', async (reference, __typename, code) => {
    const { app } = await startAppOnSandbox();
    const { data } = await app.query(ByReference, { reference });
    expect(data.smsByReference).toEqual({ __typename, code, subject: reference });
  });
});

describe('an id with leading zeros', () => {
  const Batch = graphql(`
    query ZerosBatch($ids: [ID!]) {
      smsBatch(ids: $ids) {
        results {
          ... on Sms { id }
          ... on BsgErrorDetails { code subject }
        }
        found { id }
      }
    }
  `);

  it('is the id without them: one request, one message', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);

    const { data } = await app.query(Batch, { ids: ['007', '7', '0007'] });
    await app.query(OneSms, { id: '07' });

    expect(data.smsBatch).toEqual({ results: [{ id: '7' }, { id: '7' }, { id: '7' }], found: [{ id: '7' }] });
    expect(bsg.paths).toEqual(['/sms/7']);
  });

  it('is named by a failure as it was requested', async () => {
    const bsg = await startFakeBsg(respondWith({ error: 20 }));
    const app = startApp(bsg.baseUrl);

    const { data } = await app.query(Batch, { ids: ['007', '7'] });

    const code = 'SMS_NOT_FOUND';
    expect(data.smsBatch.results).toEqual([
      { code, subject: '007' },
      { code, subject: '7' },
    ]);
    expect((await app.query(OneSms, { id: '07' })).data.sms).toMatchObject({ code, subject: '07' });
    expect(bsg.paths).toEqual(['/sms/7']);
  });

  it('is malformed where it has more than 20 digits, though the number is known', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    await app.query(OneSms, { id: '7' });
    expect((await app.query(OneSms, { id: '7'.padStart(21, '0') })).data.sms).toMatchObject({
      code: 'INVALID_PARAMETERS',
    });
  });
});
