import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSmsOrCampaign } from '../../src/bsg/campaign-paths.ts';
import { type DecodeContext, decodeResponse } from '../../src/bsg/decode.ts';
import { createJsonReader } from '../../src/bsg/json.ts';
import { createTimesReader } from '../../src/bsg/time.ts';
import { wireCampaign, wireSms } from '../helpers/fake-bsg.ts';

const readJson = createJsonReader('live_secret');

const context: DecodeContext = {
  subject: '211',
  notFoundCode: 'SMS_NOT_FOUND',
  fetchedAt: '2026-01-01T00:00:00Z',
  readTimes: createTimesReader('UTC'),
};

function decode(body: unknown, status = 200) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return decodeResponse({ status, json: readJson(text), retryAfterSeconds: null }, decodeSmsOrCampaign, context);
}

describe('a decoded SMS', () => {
  it("is the example of BSG's page, field for field", () => {
    expect(decode(wireSms())).toEqual({
      kind: 'sms',
      id: '211',
      reference: 'ext_id_19',
      msisdn: '380972000001',
      status: 'DELIVERED',
      statusText: 'delivered',
      timeIn: '2017-01-17T09:11:41Z',
      timeSent: '2017-01-17T09:11:41Z',
      timeDr: '2017-01-17T09:11:41Z',
      priceText: '0.23',
      currency: 'EUR',
      fetchedAt: '2026-01-01T00:00:00Z',
    });
  });

  it.each([
    ['price', '1.1000000', { priceText: '1.1000000' }],
    ['price', 1, { priceText: '1' }],
    ['price', 'free', { priceText: 'free' }],
    ['price', '', { priceText: null }],
    ['price', null, { priceText: null }],
    ['msisdn', 380972000001, { msisdn: '380972000001' }],
    ['msisdn', null, { msisdn: null }],
    ['reference', '', { reference: null }],
    ['reference', null, { reference: null }],
    ['reference', 42, { reference: '42' }],
    ['currency', undefined, { currency: null }],
    ['status', 'DELIVERED', { status: 'DELIVERED', statusText: 'DELIVERED' }],
    ['status', 'Undeliverable', { status: 'UNDELIVERABLE', statusText: 'Undeliverable' }],
    ['status', 'moderation', { status: 'MODERATION' }],
    ['status', 'teleported', { status: 'UNRECOGNIZED', statusText: 'teleported' }],
    ['status', 'unrecognized', { status: 'UNRECOGNIZED', statusText: 'unrecognized' }],
    ['status', 'constructor', { status: 'UNRECOGNIZED' }],
    ['time_dr', null, { timeDr: null }],
    ['time_dr', '', { timeDr: null }],
    ['time_dr', '0000-00-00 00:00:00', { timeDr: null }],
    ['error', '0', { kind: 'sms' }],
    ['error', undefined, { kind: 'sms' }],
    ['error', null, { kind: 'sms' }],
    ['error', '', { kind: 'sms' }],
    ['surprise', { deep: [1] }, { kind: 'sms' }],
  ])('has %s %j as it is documented', (key, value, expected) => {
    expect(decode(wireSms({ [key]: value }))).toMatchObject(expected);
  });

  it('keeps every digit of an id, quoted or not', () => {
    const digits = fc.bigInt({ min: 0n, max: 99_999_999_999_999_999_999n }).map(String);
    fc.assert(
      fc.property(digits, fc.boolean(), (id, isQuoted) => {
        const body = JSON.stringify(wireSms({ id: 'ID' })).replace('"ID"', isQuoted ? `"${id}"` : id);
        expect(decode(body)).toMatchObject({ kind: 'sms', id });
      }),
    );
  });
});

describe('a decoded campaign', () => {
  it('is recognised by its counters, with or without an `error`', () => {
    const expected = {
      kind: 'campaign',
      taskId: '211',
      originator: 'alpha_name',
      body: 'message text',
      validity: 72,
      totalPrice: 0.23,
      currency: 'EUR',
      total: null,
      queued: null,
      accepted: null,
      enroute: null,
      sent: 1,
      delivered: 1,
      expired: 0,
      undeliverable: 0,
      unknown: 0,
      fetchedAt: '2026-01-01T00:00:00Z',
      countersSinceMs: Date.parse('2026-01-01T00:00:00Z'),
    };
    expect(decode(wireCampaign())).toEqual(expected);
    expect(decode(wireCampaign({ error: '0', errorDescription: 'No errors' }))).toEqual(expected);
  });

  it('has numbers that came as strings', () => {
    const campaign = wireCampaign({ validity: '72', totalprice: '1.1000000', sent: '5', delivered: '3', unknown: '2' });
    expect(decode(campaign)).toMatchObject({ validity: 72, totalPrice: 1.1, sent: 5, delivered: 3, unknown: 2 });
  });

  it('has the counters of the newer specification', () => {
    const counters = { total: '9', queued: 1, accepted: 0, enroute: '2' };
    expect(decode(wireCampaign(counters))).toMatchObject({ total: 9, queued: 1, accepted: 0, enroute: 2 });
  });

  it.each([undefined, null, ''])(
    'that sums over no rows as %j has zeros, and nulls for what BSG need not send',
    (none) => {
      const counters = { sent: none, delivered: none, expired: none, undeliverable: none, unknown: none };
      const newer = { queued: none, accepted: none, enroute: none };
      const zeros = { sent: 0, delivered: 0, expired: 0, undeliverable: 0, unknown: 0 };
      const nulls = { queued: null, accepted: null, enroute: null };
      const expected = { kind: 'campaign', ...zeros, ...nulls };
      expect(decode(wireCampaign({ ...counters, ...newer, total: 7 }))).toMatchObject({ ...expected, total: 7 });
      const isSentThere = none !== undefined;
      expect(decode(wireCampaign({ ...counters, ...newer, total: none }))).toMatchObject(
        isSentThere ? { ...expected, total: null } : { code: 'BAD_RESPONSE' },
      );
    },
  );

  it.each(['many', -1, 1.5, 2_147_483_648, [1], { n: 1 }])('has no counter of %j: that is a bad response', (count) => {
    expect(decode(wireCampaign({ delivered: count }))).toMatchObject({ code: 'BAD_RESPONSE' });
  });
});

describe('a response', () => {
  it.each([
    '',
    ' ',
    'null',
    'true',
    '0',
    '"text"',
    '[]',
    '[{"error":0}]',
    '{}',
    '{"error":0}',
    '{"error":"0","errorDescription":"No errors"}',
    '{"error":0,"id":"211","status":null}',
    '{"error":0,"id":null,"status":"sent"}',
    '{"error":0,"id":"2 1 1","status":"sent"}',
    '{"error":{"code":25}}',
    '{"error":"soon"}',
    '{"error":2147483648}',
    '{"error":2147483648,"id":"1","status":"sent"}',
    '{"error":"soon","id":"1","status":"sent"}',
    '{"error":"25.0","id":"1","status":"sent"}',
    '{"error":true,"id":"1","status":"sent"}',
    '{"error":{},"id":"1","status":"sent"}',
    '{"error":0,"id":"211","stat',
    '<!doctype html><h1>Bad Gateway</h1>',
    '\u0000\u0001\u0002',
    'Infinity',
  ])('that is not of BSG is a bad response: %j', (body) => {
    expect(decode(body)).toMatchObject({ code: 'BAD_RESPONSE', group: 'unavailable', bsgCode: null, retryable: true });
  });

  it.each([201, 299])('of status %i is a success like a 200', (status) => {
    expect(decode(wireSms(), status)).toMatchObject({ kind: 'sms' });
  });

  it.each([302, 400, 404, 500, 503])('of status %i that looks like a success is a bad response', (status) => {
    expect(decode(wireSms(), status)).toMatchObject({
      code: 'BAD_RESPONSE',
      message: expect.stringContaining(`${status}`),
    });
    expect(decode({ error: 0 }, status)).toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it("of status 429 is RATE_LIMITED, whatever its body says, with BSG's words", () => {
    for (const body of ['', wireSms(), { error: 11 }])
      expect(decode(body, 429)).toMatchObject({ code: 'RATE_LIMITED', bsgCode: null });
    expect(decode({ code: 429, message: 'Too many equal requests' }, 429)).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'Too many equal requests',
      retryable: true,
    });
  });

  it.each([
    [400, 'INVALID_PARAMETERS', 'invalidRequest'],
    [401, 'INVALID_API_KEY', 'access'],
    [403, 'ACCESS_DENIED', 'access'],
    [404, 'SMS_NOT_FOUND', 'notFound'],
    [422, 'INVALID_PARAMETERS', 'invalidRequest'],
  ])('of status %i with a message and no error is %s, in the words of BSG', (status, code, group) => {
    const words = { message: 'BSG says why', subject: '211' };
    const isNoOutage = { bsgCode: null, retryable: false, isOutage: false };
    for (const body of [
      { code: status, message: 'BSG says why' },
      { message: 'BSG says why', errors: { id: ['too long'] } },
    ])
      expect(decode(body, status)).toMatchObject({ code, group, ...words, ...isNoOutage });
  });

  it.each([402, 405, 409, 500, 502, 503])('of status %i with a message and no error stays a bad response', (status) => {
    expect(decode({ code: status, message: 'Server Error' }, status)).toMatchObject({
      code: 'BAD_RESPONSE',
      retryable: true,
      isOutage: status >= 500,
    });
  });

  it('with a message is none of these where it has an error as well, where the message is empty, or with HTTP 200', () => {
    expect(decode({ error: 20, message: 'x' }, 401)).toMatchObject({ code: 'SMS_NOT_FOUND', bsgCode: 20 });
    expect(decode({ error: 'Unauthorized', message: 'x' }, 401)).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(decode({ message: ' ' }, 401)).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(decode({ code: 401, message: 'x' })).toMatchObject({ code: 'BAD_RESPONSE' });
    expect(decode('<h1>Unauthorized</h1>', 401)).toMatchObject({ code: 'BAD_RESPONSE' });
  });

  it('that names an error is that error, whatever else it has', () => {
    expect(decode(wireSms({ error: 20 }))).toMatchObject({ code: 'SMS_NOT_FOUND', bsgCode: 20 });
    expect(decode(wireCampaign({ error: '30' }))).toMatchObject({ code: 'TASK_NOT_FOUND', bsgCode: 30 });
  });

  it('without an error description gets the message of its code', () => {
    expect(decode({ error: 20 })).toHaveProperty('message', 'BSG knows no SMS with this id or reference.');
    expect(decode({ error: 20, errorDescription: ' ' })).toHaveProperty('message', expect.stringContaining('SMS'));
  });

  it('of any JSON at all decodes to a message, a campaign or a failure', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 200, max: 599 }), (body, status) => {
        expect(['sms', 'campaign', 'failure']).toContain(decode(body, status).kind);
      }),
    );
  });

  it('with any value behind its known keys decodes to something the schema can print', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('sent', '12', '0', 0, '2147483648', '1e3'));
    const keys = Object.keys({ ...wireSms(), ...wireCampaign() });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (wire) => {
        const answer = decode(wire);
        if (answer.kind === 'failure' && answer.bsgCode !== null)
          expect(Math.abs(answer.bsgCode)).toBeLessThan(2 ** 31);
        if (answer.kind === 'campaign') {
          for (const count of [answer.sent, answer.delivered, answer.expired, answer.undeliverable, answer.unknown]) {
            expect(count).toBeGreaterThanOrEqual(0);
            expect(count).toBeLessThan(2 ** 31);
          }
        }
      }),
    );
  });
});
