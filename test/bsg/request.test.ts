import { describe, expect, it } from 'vitest';
import { startClient } from '../helpers/client.ts';
import { hangs, respondWith, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';

describe('a look-up', () => {
  it.each([429, 500, 503])('that meets %i is tried again', async (status) => {
    const bsg = await startFakeBsg(({ number }, response) => {
      if (number === 1) sendJson(response, {}, status);
      else sendJson(response, wireSms());
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms' });
    expect(bsg.paths).toHaveLength(2);
  });

  it('makes as many attempts as it may, then tells the last fault', async () => {
    const bsg = await startFakeBsg(respondWith({ error: 5 }, 500));

    expect(await startClient(bsg.baseUrl, { retries: 4 }).smsById('211')).toMatchObject({ code: 'UNKNOWN_ERROR' });
    expect(bsg.paths).toHaveLength(5);
  });

  it('makes one attempt where none may follow', async () => {
    const bsg = await startFakeBsg(respondWith({}, 500));

    await startClient(bsg.baseUrl, { retries: 0 }).smsById('211');
    expect(bsg.paths).toHaveLength(1);
  });

  it('waits as long as Retry-After says', async () => {
    const times: number[] = [];
    const bsg = await startFakeBsg(({ number }, response) => {
      times.push(performance.now());
      if (number > 1) return sendJson(response, wireSms());
      response.setHeader('retry-after', '1');
      sendJson(response, {}, 429);
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms' });
    expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ['seconds', () => '60'],
    ['a date', () => new Date(Date.now() + 60_000).toUTCString()],
  ])('does not wait past its deadline for a Retry-After as %s, and passes it on', async (_, retryAfter) => {
    const bsg = await startFakeBsg((_request, response) => {
      response.setHeader('retry-after', retryAfter());
      sendJson(response, {}, 429);
    });

    const answer = await startClient(bsg.baseUrl).smsById('211');

    if (answer.kind !== 'failure') throw new Error('BSG was not asked.');
    expect(answer).toMatchObject({ code: 'RATE_LIMITED', group: 'unavailable', retryable: true });
    expect(answer.retryAfterSeconds).toBeGreaterThan(50);
    expect(answer.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(bsg.paths).toHaveLength(1);
  });

  it('is answered after an outage, however many gave up waiting for their turn in it', async () => {
    let isDown = true;
    const bsg = await startFakeBsg((request, response) => {
      if (!isDown) sendJson(response, wireSms({ id: request.url?.slice('/sms/'.length) }));
    });
    const client = startClient(bsg.baseUrl, { maxConcurrency: 2, timeoutMs: 300, retries: 2 });
    const given: Promise<unknown>[] = [];
    for (let i = 0; i < 40; i++) {
      given.push(client.smsById(String(i)), client.smsById(String(100 + i)));
      // They arrive one after the other, so that some give up while others still wait.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    isDown = false;
    await Promise.all(given);

    for (const _ of [1, 2, 3]) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.smsById(String(i))));
      expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => 'sms'));
    }
  });

  it('whose turn comes too late says so, and not that BSG is down, while BSG answers others', async () => {
    const bsg = await startFakeBsg((request, response) => {
      setTimeout(() => sendJson(response, wireSms({ id: request.url?.slice('/sms/'.length) })), 50);
    });
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, timeoutMs: 400, retries: 0 });

    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => client.smsById(String(i))));

    expect(answers.at(0)).toMatchObject({ kind: 'sms' });
    expect(answers.at(-1)).toMatchObject({
      code: 'TIMEOUT',
      isOutage: false,
      message: expect.stringContaining('queued'),
    });
  });

  it('whose turn never comes says that BSG is down while BSG answers nobody', async () => {
    const bsg = await startFakeBsg(hangs);
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, timeoutMs: 200, retries: 0 });

    const answers = await Promise.all([client.smsById('1'), client.smsById('2')]);

    expect(answers).toEqual(answers.map(() => expect.objectContaining({ code: 'TIMEOUT', isOutage: true })));
  });

  it('leaves its place to others while it waits for its next attempt', async () => {
    const order: string[] = [];
    const bsg = await startFakeBsg((request, response) => {
      order.push(request.url ?? '');
      if (order.length === 1) return sendJson(response, {}, 500);
      sendJson(response, wireSms({ id: request.url?.slice('/sms/'.length) }));
    });
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, random: () => 0.5 });

    await Promise.all([client.smsById('1'), client.smsById('2')]);

    expect(order).toEqual(['/sms/1', '/sms/2', '/sms/1']);
  });
});
