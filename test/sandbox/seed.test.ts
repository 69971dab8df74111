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

  it('has a message of every status, and one with a word that BSG has not published', async () => {
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

  it('has messages that move from their first look on, each to its own end', async () => {
    const { get, pass } = await startTestSandbox();
    const statuses = async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => get(`/sms/${401 + i}`)));
      return answers.map(({ body }) => body.status);
    };
    const six = (status: string) => Array.from({ length: 6 }, () => status);
    pass(3_600);

    expect(await statuses()).toEqual([...six('scheduled'), 'scheduled', 'scheduled', 'scheduled', 'scheduled']);
    pass(5);
    expect(await statuses()).toEqual([...six('sent'), 'sent', 'sent', 'sent', 'rejected']);
    pass(10);
    expect(await statuses()).toEqual([...six('delivered'), 'unknown', 'expired', 'undeliverable', 'rejected']);
    pass(45);
    expect(await statuses()).toEqual([...six('delivered'), 'delivered', 'expired', 'undeliverable', 'rejected']);
    expect((await get('/sms/reference/moving_1')).body).toMatchObject({
      id: '401',
      time_in: '2026-01-01 01:00:00',
      time_dr: '2026-01-01 01:00:15',
    });
  });

  it('has a campaign that moves', async () => {
    const { get, pass } = await startTestSandbox();
    expect((await get('/sms/5006')).body).toMatchObject({ sent: 9, delivered: 0, unknown: 0 });
    pass(20);
    expect((await get('/sms/task/5006')).body).toMatchObject({
      sent: 9,
      delivered: 6,
      expired: 1,
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
});
