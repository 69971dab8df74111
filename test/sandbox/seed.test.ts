import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

describe('the seeded data', () => {
  it("has the examples of BSG's page, field for field", async () => {
    const { get } = await startTestSandbox();
    const sms = {
      error: 0,
      errorDescription: 'No errors',
      id: '211',
      msisdn: '380972000001',
      reference: 'ext_id_19',
      time_in: '2017-01-17 09:11:41',
      time_sent: '2017-01-17 09:11:41',
      time_dr: '2017-01-17 09:11:41',
      status: 'delivered',
      price: 0.23,
      currency: 'EUR',
    };

    expect((await get('/sms/211')).body).toEqual(sms);
    expect((await get('/sms/reference/ext_id_19')).body).toEqual(sms);
    expect((await get('/sms/5001')).body).toEqual({
      originator: 'alpha_name',
      body: 'message text',
      validity: 72,
      totalprice: 0.23,
      currency: 'EUR',
      sent: 1,
      delivered: 1,
      expired: 0,
      undeliverable: 0,
      unknown: 0,
    });
  });

  it('has a message of every status of the page and of older channels, and one that BSG has not published', async () => {
    const { get } = await startTestSandbox();
    const answers = await Promise.all(Array.from({ length: 11 }, (_, i) => get(`/sms/${301 + i}`)));
    expect(answers.map(({ body }) => body.status.toLowerCase())).toEqual([
      'scheduled',
      'moderation',
      'accepted',
      'sending',
      'sent',
      'delivered',
      'expired',
      'undeliverable',
      'rejected',
      'unknown',
      'buffered',
    ]);
    expect((await get('/sms/reference/status_sent')).body).toMatchObject({ id: '305', price: '1.1000000' });
  });

  it('has every error, even ones as numbers in a 200 and odd ones as strings in a 4xx', async () => {
    const { get } = await startTestSandbox();
    for (const error of [
      ...Array.from({ length: 12 }, (_, i) => i + 1),
      ...Array.from({ length: 17 }, (_, i) => i + 20),
    ]) {
      for (const path of [`/sms/${9_000 + error}`, `/sms/reference/error_${error}`, `/sms/task/${9_000 + error}`]) {
        const { status, body } = await get(path);
        expect(body).toEqual({ error: error % 2 === 0 ? error : String(error), errorDescription: expect.any(String) });
        expect(status === 200).toBe(error % 2 === 0);
      }
    }
  });

  it('has messages that move from their first request on, each to its own end', async () => {
    const { get, pass } = await startTestSandbox();
    const statuses = async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => get(`/sms/${401 + i}`)));
      return answers.map(({ body }) => body.status);
    };
    const five = (status: string) => Array.from({ length: 5 }, () => status);
    pass(3_600);

    expect(await statuses()).toEqual([...five('scheduled'), ...five('scheduled')]);
    pass(5);
    expect(await statuses()).toEqual([...five('sent'), 'sent', 'sent', 'sent', 'sent', 'rejected']);
    pass(10);
    const unreached = ['expired', 'undeliverable', 'rejected'];
    expect(await statuses()).toEqual([...five('delivered'), 'expired', 'unknown', ...unreached]);
    pass(20);
    expect(await statuses()).toEqual([...five('delivered'), 'delivered', 'unknown', ...unreached]);
    pass(25);
    expect(await statuses()).toEqual([...five('delivered'), 'delivered', 'delivered', ...unreached]);
    expect((await get('/sms/406')).body).toMatchObject({ time_dr: '2026-01-01 01:00:35' });
    expect((await get('/sms/reference/moving_1')).body).toMatchObject({
      id: '401',
      time_in: '2026-01-01 01:00:00',
      time_dr: '2026-01-01 01:00:15',
    });
  });

  it('has a campaign whose messages move', async () => {
    const { get, pass } = await startTestSandbox();
    expect((await get('/sms/5006')).body).toMatchObject({ sent: 9, delivered: 0, unknown: 0 });
    pass(20);
    expect((await get('/sms/task/5006')).body).toMatchObject({
      sent: 9,
      delivered: 5,
      expired: 2,
      undeliverable: 1,
      unknown: 1,
      totalprice: 2.3,
    });
  });

  it('has a campaign with the number of an SMS: the documented path gives the SMS', async () => {
    const { get } = await startTestSandbox();
    expect((await get('/sms/211')).body).toHaveProperty('status');
    expect((await get('/sms/task/211')).body).toHaveProperty('sent', 2);
    expect((await get('/sms/task_id/211')).body).toHaveProperty('sent', 2);
  });

  it('has the words of the new specification and of the newer channels, with RFC 3339 times', async () => {
    const { get } = await startTestSandbox();
    const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => get(`/sms/${312 + i}`)));
    const words = ['new', 'waiting', 'read', 'FAILED', 'deleted', 'undelivered'];
    expect(answers.map(({ body }) => body.status)).toEqual(words);
    expect(answers.map(({ body }) => body.time_in)).toEqual([
      '2024-12-25T10:30:00.000000Z',
      '2024-12-25T10:30:00.000000Z',
      '2024-12-25T10:30:00+02:00',
      '2024-12-25T10:30:00Z',
      '2024-12-25T10:30:00.000000Z',
      '2024-12-25T10:30:00',
    ]);
    expect((await get('/sms/reference/status_read')).body).toMatchObject({ id: '314' });
    expect((await get('/sms/reference/status_new')).body).toMatchObject({ id: 312, time_dr: null });
  });

  it('has a message with a UUID as reference, and one with an id of 20 digits', async () => {
    const { get } = await startTestSandbox();
    expect((await get('/sms/reference/3f2b8c1e-6d47-4a59-9c0b-1e7d5a2f8b36')).body).toMatchObject({ id: '320' });
    expect((await get('/sms/18446744073709551615')).body).toMatchObject({ reference: 'longest_id' });
  });

  it.each([
    [401, { code: 401, message: expect.any(String) }],
    [403, { code: 403, message: expect.any(String) }],
    [404, { code: 404, message: expect.any(String) }],
    [429, { code: 429, message: expect.any(String) }],
    [500, { code: 500, message: expect.any(String) }],
    [400, { message: expect.any(String), errors: { id: [expect.any(String)] } }],
    [422, { message: expect.any(String), errors: { id: [expect.any(String)] } }],
  ])('has an error as plain HTTP %i with a JSON body that has no error number', async (status, body) => {
    const { get } = await startTestSandbox();
    for (const path of [`/sms/${8_000 + status}`, `/sms/reference/http_${status}`, `/sms/task/${8_000 + status}`]) {
      const answer = await get(path);
      expect([answer.status, answer.body]).toEqual([status, body]);
    }
  });

  it('has campaigns of the new specification: done, paused, and without anything to sum', async () => {
    const { get } = await startTestSandbox();
    const done = { total: 100, queued: 0, accepted: 0, enroute: 0, sent: 100, delivered: 90, expired: 6 };
    expect((await get('/sms/task/5007')).body).toMatchObject(done);
    expect((await get('/sms/task/5008')).body).toMatchObject({ total: 1000, queued: 990, sent: 10, delivered: 10 });
    const empty = { sent: null, delivered: '', expired: null, undeliverable: '', unknown: null };
    expect((await get('/sms/task/5009')).body).toMatchObject({ total: 50, queued: '50', accepted: null, ...empty });
    const text = { originator: 'alpha_name', body: 'message text', validity: 72 };
    expect((await get('/sms/task/5012')).body).toEqual({ ...text, totalprice: 0, currency: 'EUR', sent: null });
  });

  it('has a campaign that grows: sent catches up with total within a minute, no counter falls, all add up', async () => {
    const { get, pass } = await startTestSandbox();
    pass(3_600);
    const growing = async () => (await get('/sms/task/5010')).body;
    let last = await growing();
    expect(last).toMatchObject({ total: 1000, enroute: 0, sent: 0, delivered: 0 });
    for (let second = 0; second < 60; second++) {
      pass(1);
      const next = await growing();
      expect(next.queued + next.accepted + next.sent).toBe(1000);
      expect(next.enroute + next.delivered + next.expired + next.undeliverable).toBe(next.sent);
      for (const counter of ['sent', 'delivered', 'expired', 'undeliverable'])
        expect(next[counter]).toBeGreaterThanOrEqual(last[counter]);
      last = next;
    }
    const outcomes = { delivered: 960, expired: 30, undeliverable: 10, unknown: 0 };
    expect(last).toMatchObject({ total: 1000, queued: 0, accepted: 0, enroute: 0, sent: 1000, ...outcomes });
  });

  it('has a campaign that grows without saying how large it becomes', async () => {
    const { get, pass } = await startTestSandbox();
    expect((await get('/sms/task/5011')).body).toMatchObject({ sent: 0 });
    pass(30);
    const { body } = await get('/sms/task/5011');
    expect(body.sent).toBe(666);
    expect(body).not.toHaveProperty('total');
  });
});
