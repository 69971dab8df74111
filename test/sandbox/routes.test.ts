import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../helpers/sandbox.ts';

describe('the sandbox', () => {
  it.each(['test_1', 'live_x', 'live_8JeF1mLckxI4QResuP6X'])('accepts the key %s', async (key) => {
    const { get } = await startTestSandbox();
    expect((await get('/sms/211', { 'x-api-key': key })).body).toMatchObject({ error: 0 });
  });

  it.each(['', 'test_', 'prod_1', 'xtest_1'])('answers the key %j with error 1', async (key) => {
    const { get } = await startTestSandbox();
    expect(await get('/sms/211', { 'x-api-key': key })).toMatchObject({ status: 401, body: { error: '1' } });
  });

  it.each([
    ['/sms/404404', 20],
    ['/sms/reference/nobody', 20],
    ['/sms/task/404404', 30],
    ['/sms/task_id/404404', 30],
    ['/sms/task/abc', 29],
    ['/sms/reference/__%5C%7C%7C%5C%2F', 27],
    ['/sms/abc', 7],
    ['/sms/prices/11', 6],
    ['/viber/1', 4],
    ['/sms/211/extra', 4],
    ['/sms/reference/ext_id_19/extra', 4],
    ['/', 4],
  ])('answers %s with error %i in a 200, as BSG does', async (path, error) => {
    const { get } = await startTestSandbox();
    expect(await get(path)).toMatchObject({ status: 200, body: { error } });
  });

  it('labels its answers text/json, as BSG does', async () => {
    const { get } = await startTestSandbox();
    expect((await get('/sms/211')).headers.get('content-type')).toContain('text/json');
  });

  it('answers with the balance and the prices', async () => {
    const { get } = await startTestSandbox();
    expect((await get('/common/balance')).body).toEqual({
      error: 0,
      errorDescription: 'No errors',
      amount: '1000.00',
      currency: 'EUR',
      limit: '0',
    });
    for (const path of ['/sms/prices', '/sms/prices/1']) {
      const { body } = await get(path);
      expect(body.error).toBe(0);
      expect(body.prices[0]).toEqual({
        type: 'sms',
        country: 'UA',
        country_name: 'Ukraine',
        mcc: '255',
        price: '0.2300000',
        currency: 'EUR',
      });
    }
  });

  it('answers outside /rest with a 404 that says where BSG is', async () => {
    const { baseUrl } = await startTestSandbox();
    const response = await fetch(baseUrl.replace('/rest', '/sms/211'));
    expect([response.status, await response.json()]).toEqual([404, { message: 'BSG is under /rest.' }]);
  });
});
