import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

const key = { headers: { 'x-api-key': 'test_key' } };

describe('an injected fault', () => {
  it('applies to as many requests as it was ordered for', async () => {
    const { baseUrl } = await startTestSandbox();
    const faults = baseUrl.replace('/rest', '/faults');
    const order = (body: object) => fetch(faults, { method: 'POST', body: JSON.stringify(body) });

    await order({ kind: '429', retryAfter: 7 });
    await order({ kind: '500', times: 2 });
    await order({ kind: 'html' });
    await order({ kind: 'cut' });

    const limited = await fetch(`${baseUrl}/sms/211`, key);
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await fetch(`${baseUrl}/sms/211`, key)).status).toBe(500);
    expect((await fetch(`${baseUrl}/sms/211`, key)).status).toBe(500);
    const page = await fetch(`${baseUrl}/sms/211`, key);
    expect([page.status, await page.text()]).toEqual([502, expect.stringContaining('<h1>')]);
    await expect(fetch(`${baseUrl}/sms/211`, key).then((response) => response.text())).rejects.toThrow();
    expect((await fetch(`${baseUrl}/sms/211`, key)).status).toBe(200);
  });

  it('is dropped when the queue of faults is emptied', async () => {
    const { baseUrl, inject } = await startTestSandbox();
    inject({ kind: '500', times: 1_000 });

    const taken = await fetch(baseUrl.replace('/rest', '/faults'), { method: 'DELETE' });

    expect(await taken.json()).toEqual({ faults: [] });
    expect((await fetch(`${baseUrl}/sms/211`, key)).status).toBe(200);
  });

  it('may be a delay, after which the request is answered', async () => {
    const { inject, get, pass, timers } = await startTestSandbox();
    inject({ kind: 'delay', delayMs: 3_000 });
    const late = get('/sms/211');
    await expect.poll(() => timers.size).toBe(1);

    expect((await get('/sms/301')).body).toMatchObject({ id: '301' });
    pass(3);
    expect((await late).body).toMatchObject({ id: '211' });
  });

  it.each(['{"kind":"flood"}', '{"kind":"500","times":0}', '{"kind":"500","often":2}', 'now', ''])(
    'is refused with a message where the order is %s',
    async (body) => {
      const { baseUrl } = await startTestSandbox();
      const response = await fetch(baseUrl.replace('/rest', '/faults'), { method: 'POST', body });
      expect([response.status, await response.json()]).toEqual([400, { message: expect.stringMatching(/\S/) }]);
    },
  );

  it.each([
    ['9429', 'fault_429', 429],
    ['9500', 'fault_500', 500],
    ['9502', 'fault_html', 502],
  ])('is seeded as %s and %s', async (id, reference, status) => {
    const { baseUrl } = await startTestSandbox();
    for (const path of [`/sms/${id}`, `/sms/reference/${reference}`, `/sms/task/${id}`]) {
      expect((await fetch(baseUrl + path, key)).status).toBe(status);
    }
  });

  it('is seeded as a delay of 30 seconds, which a closing sandbox does not wait for', async () => {
    const { baseUrl, close, timers } = await startTestSandbox();
    const refused = expect(fetch(`${baseUrl}/sms/9408`, key)).rejects.toThrow();
    await expect.poll(() => timers.size).toBe(1);

    await close();
    await refused;
  });
});
