import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

const key = { headers: { 'x-api-key': 'test_key' } };

describe('a fault on request', () => {
  it('is what the next calls meet, as many as were ordered', async () => {
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

  it('is over when it is taken back', async () => {
    const { baseUrl, inject } = await startTestSandbox();
    inject({ kind: '500', times: 1_000 });

    const taken = await fetch(baseUrl.replace('/rest', '/faults'), { method: 'DELETE' });

    expect(await taken.json()).toEqual({ faults: [] });
    expect((await fetch(`${baseUrl}/sms/211`, key)).status).toBe(200);
  });

  it('may be a delay, which ends with the true answer', async () => {
    const { inject, get } = await startTestSandbox();
    inject({ kind: 'delay', delayMs: 100 });
    const startedAt = performance.now();

    expect((await get('/sms/211')).body).toMatchObject({ id: '211' });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(95);
  });

  it.each(['{"kind":"flood"}', '{"kind":"500","times":0}', '{"kind":"500","often":2}', 'now', ''])(
    'is refused with words where it is ordered as %s',
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

  it('is seeded as a delay of half a minute, which a closing sandbox does not wait for', async () => {
    const { baseUrl, close } = await startTestSandbox();
    const answer = fetch(`${baseUrl}/sms/9408`, key);
    const refused = expect(answer).rejects.toThrow();
    await fetch(`${baseUrl}/sms/211`, key);

    await close();
    await refused;
  });
});
