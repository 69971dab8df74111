import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { startBsgThread } from '../helpers/bsg-thread.ts';
import { startClient } from '../helpers/client.ts';
import { fakeClock, fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import { hangs, knowsAll, respondWith, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';

describe('a request', () => {
  it.each([429, 500, 503])('that meets %i is tried again', async (status) => {
    const bsg = await startFakeBsg(({ number }, response) => {
      if (number === 1) sendJson(response, {}, status);
      else sendJson(response, wireSms());
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms' });
    expect(bsg.paths).toHaveLength(2);
  });

  it('makes all of its attempts, then fails as the last one', async () => {
    const bsg = await startFakeBsg(respondWith({ error: 5 }, 500));

    expect(await startClient(bsg.baseUrl, { retries: 4 }).smsById('211')).toMatchObject({ code: 'UNKNOWN_ERROR' });
    expect(bsg.paths).toHaveLength(5);
  });

  it('makes one attempt without retries', async () => {
    const bsg = await startFakeBsg(respondWith({}, 500));

    await startClient(bsg.baseUrl, { retries: 0 }).smsById('211');
    expect(bsg.paths).toHaveLength(1);
  });

  it('that meets a Retry-After within its deadline is tried again', async () => {
    const bsg = await startFakeBsg(({ number }, response) => {
      if (number > 1) return sendJson(response, wireSms());
      response.setHeader('retry-after', '1');
      sendJson(response, {}, 429);
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms' });
    expect(bsg.paths).toHaveLength(2);
  });

  it.each([
    ['seconds', '60'],
    ['a date', 'Thu, 01 Jan 2026 00:01:00 GMT'],
  ])('does not wait past its deadline for a Retry-After as %s, and passes it on', async (_, retryAfter) => {
    fakeClock();
    const bsg = await startFakeBsg((_request, response) => {
      response.setHeader('retry-after', retryAfter);
      sendJson(response, {}, 429);
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({
      code: 'RATE_LIMITED',
      group: 'unavailable',
      retryable: true,
      retryAfterSeconds: 60,
    });
    expect(bsg.paths).toHaveLength(1);
  });

  it('succeeds after an outage, however many timed out in the queue during it', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(hangs);
    const client = startClient(bsg.baseUrl, { maxConcurrency: 2, timeoutMs: 300, retries: 2, massStatus: 'off' });
    const reads: Promise<unknown>[] = [];
    for (let i = 0; i < 40; i++) {
      reads.push(client.smsById(String(i)), client.smsById(String(100 + i)));
      // They arrive one after the other, so that some give up while others still wait.
      vi.advanceTimersByTime(20);
      await nextTurn();
    }
    await passTimeUntil(Promise.all(reads));
    bsg.respond = knowsAll();

    const results = await Promise.all(Array.from({ length: 20 }, (_, i) => client.smsById(String(i))));
    expect(results.map(({ kind }) => kind)).toEqual(results.map(() => 'sms'));
  });

  it('that times out in the queue is no outage while BSG responds to others', async () => {
    fakeTimers();
    const bsg = await startFakeBsg((request, response) => void setTimeout(knowsAll(), 50, request, response));
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, timeoutMs: 400, retries: 0, massStatus: 'off' });

    const reads = Array.from({ length: 20 }, (_, i) => client.smsById(String(i)));
    for (const number of [1, 2, 3]) {
      await bsg.received(number);
      vi.advanceTimersByTime(50);
    }
    const results = await passTimeUntil(Promise.all(reads));

    expect(results.at(0)).toMatchObject({ kind: 'sms' });
    expect(results.at(-1)).toMatchObject({
      code: 'TIMEOUT',
      isOutage: false,
      message: expect.stringContaining('queued'),
    });
  });

  it('that times out in the queue is an outage while BSG responds to nobody', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(hangs);
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, timeoutMs: 200, retries: 0, massStatus: 'off' });

    const answers = await passTimeUntil(Promise.all([client.smsById('1'), client.smsById('2')]));

    expect(answers).toEqual(answers.map(() => expect.objectContaining({ code: 'TIMEOUT', isOutage: true })));
  });

  it.each([0, 2])(
    'counts a response that came in time while the process was blocked, with %i retries',
    async (retries) => {
      const bsg = await startBsgThread(wireSms());
      const read = startClient(bsg.baseUrl, { timeoutMs: 200, retries }).smsById('211');
      await bsg.received;
      bsg.respondWhileBlocked(400);

      expect(await read).toMatchObject({ kind: 'sms', id: '211' });
    },
  );

  it('leaves its place in the queue to others between two attempts', async () => {
    const order: string[] = [];
    const bsg = await startFakeBsg((request, response) => {
      order.push(request.url ?? '');
      if (order.length === 1) return sendJson(response, {}, 500);
      sendJson(response, wireSms({ id: request.url?.slice('/sms/'.length) }));
    });
    const client = startClient(bsg.baseUrl, { maxConcurrency: 1, random: () => 0.5, massStatus: 'off' });

    await Promise.all([client.smsById('1'), client.smsById('2')]);

    expect(order).toEqual(['/sms/1', '/sms/2', '/sms/1']);
  });
});
