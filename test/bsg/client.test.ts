import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startClient } from '../helpers/client.ts';
import { inGroupsOf, respondWith, startFakeBsg, wireCampaign, wireSms } from '../helpers/fake-bsg.ts';

const hostile = [
  '',
  ' ',
  '0x1',
  '-1',
  '1.5',
  '211/../../common/balance',
  '211?x=1',
  '%32',
  '２１１',
  '1'.repeat(21),
  '211\n',
];

describe('a malformed id', () => {
  it.each(hostile)('never reaches BSG: %j', async (key) => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl);

    const refusal = { group: 'invalidRequest', subject: key, retryable: false };
    expect(await client.smsById(key)).toMatchObject({ ...refusal, code: 'INVALID_PARAMETERS', bsgCode: 7 });
    expect(await client.campaign(key)).toMatchObject({ ...refusal, code: 'INVALID_TASK_ID', bsgCode: 29 });
    expect(bsg.paths).toEqual([]);
  });

  it.each(['', 'a b', '../balance', 'a/b', 'ä', 'a'.repeat(51), '__\\||\\/', 'x\n'])(
    'never reaches BSG as a reference: %j',
    async (reference) => {
      const bsg = await startFakeBsg(respondWith(wireSms()));

      const answer = await startClient(bsg.baseUrl).smsByReference(reference);

      expect(answer).toMatchObject({ code: 'INVALID_REFERENCE', bsgCode: 27, subject: reference });
      expect(bsg.paths).toEqual([]);
    },
  );

  it('is any text but the well-formed ones', async () => {
    const bsg = await startFakeBsg(respondWith({ error: 20 }));
    const client = startClient(bsg.baseUrl);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (key) => {
        const before = bsg.paths.length;
        await Promise.all([client.smsById(key), client.smsByReference(key), client.campaign(key)]);
        for (const path of bsg.paths.slice(before)) {
          expect(path).toMatch(/^\/sms\/(\d{1,20}|task\/\d{1,20}|reference\/[A-Za-z0-9_-]{1,32})$/);
        }
      }),
    );
  });
});

describe('a fetched SMS', () => {
  it('is fetched by id and by reference', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl);

    expect(await client.smsById('211')).toMatchObject({ kind: 'sms', reference: 'ext_id_19' });
    expect(await client.smsByReference('ext_id_19')).toMatchObject({ kind: 'sms', id: '211' });
    expect(bsg.paths).toEqual(['/sms/211', '/sms/reference/ext_id_19']);
  });

  it('has the time of its response as fetchedAt', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl, { timeOfDay: () => Date.parse('2026-05-01T12:00:00Z') });

    expect(await client.smsById('211')).toMatchObject({ fetchedAt: '2026-05-01T12:00:00.000Z' });
  });

  it('has its times read in BSG_TIMEZONE', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl, { timezone: 'Europe/Kyiv' });

    expect(await client.smsById('211')).toMatchObject({ timeIn: '2017-01-17T07:11:41Z' });
  });

  it('matches an id with leading zeros, and a reference in any case', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl);

    expect(await client.smsById('000211')).toMatchObject({ kind: 'sms' });
    expect(await client.smsByReference('EXT_ID_19')).toMatchObject({ kind: 'sms' });
  });

  it('is a bad response where BSG responds about another SMS', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl);

    expect(await client.smsById('212')).toMatchObject({ code: 'BAD_RESPONSE', subject: '212' });
    expect(await client.smsByReference('ext_id_20')).toMatchObject({ code: 'BAD_RESPONSE', subject: 'ext_id_20' });
  });

  it('may be any SMS with a test key, for which BSG makes responses up', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));

    expect(await startClient(bsg.baseUrl, { apiKey: 'test_key' }).smsById('212')).toMatchObject({ id: '211' });
  });

  it('is not found where the id is the task id of a campaign', async () => {
    const bsg = await startFakeBsg(respondWith(wireCampaign()));

    const answer = await startClient(bsg.baseUrl).smsById('6');
    expect(answer).toMatchObject({ code: 'SMS_NOT_FOUND', message: expect.stringContaining('campaign') });
  });
});

describe('concurrent fetches', () => {
  it('are in flight together, up to maxConcurrency', async () => {
    const bsg = await startFakeBsg(inGroupsOf(7));
    const client = startClient(bsg.baseUrl, { maxConcurrency: 7, massStatus: 'off' });

    const answers = await Promise.all(Array.from({ length: 63 }, (_, i) => client.smsById(String(i))));

    expect(answers.map((answer) => answer.kind === 'sms' && answer.id)).toEqual(answers.map((_, i) => String(i)));
    expect(bsg.maxInFlight).toBe(7);
  });
});
