import { describe, expect, it, vi } from 'vitest';
import { startClient } from '../helpers/client.ts';
import { fakeTimers } from '../helpers/clock.ts';
import { hangs, held, respondWith, sendJson, startFakeBsg, wireCampaign, wireSms } from '../helpers/fake-bsg.ts';

const PAGE = '<!doctype html><h1>Not Found</h1>';
const found = { kind: 'campaign', taskId: '6' };

/** A BSG that answers `/sms/{n}` and `/sms/task/{n}` with what is given. */
function startPaths(documented: [unknown, number?], task: [unknown, number?]) {
  return startFakeBsg((request, response) =>
    sendJson(response, ...(request.url?.startsWith('/sms/task/') ? task : documented)),
  );
}

describe('the campaign path', () => {
  it('is the documented one where that serves campaigns', async () => {
    const bsg = await startPaths([wireCampaign()], [PAGE, 404]);
    const client = startClient(bsg.baseUrl);

    expect(await client.campaign('6')).toMatchObject(found);
    expect(await client.campaign('7')).toMatchObject({ taskId: '7' });
    expect(bsg.paths).toEqual(['/sms/6', '/sms/7']);
  });

  it.each<[string, [unknown, number?]]>([
    ['an SMS of the same number', [wireSms({ id: '6' })]],
    ['error 20', [{ error: 20 }]],
    ['error 7 in a 400', [{ error: '7' }, 400]],
    ['error 4', [{ error: 4 }]],
    ['a page', [PAGE, 404]],
    ['a page with 200', [PAGE]],
    ['nothing', ['']],
    ['HTTP 404 in JSON', [{ code: 404, message: 'Not Found' }, 404]],
    ['HTTP 401 in JSON', [{ code: 401, message: 'Unauthorized' }, 401]],
    ['HTTP 403 in JSON', [{ code: 403, message: 'Forbidden' }, 403]],
    ['HTTP 422 in JSON', [{ message: 'Invalid', errors: { id: ['too long'] } }, 422]],
  ])('is the one of the SDKs where the documented one responds with %s, and stays so', async (_, documented) => {
    const bsg = await startPaths(documented, [wireCampaign()]);
    const client = startClient(bsg.baseUrl);

    expect(await client.campaign('6')).toMatchObject(found);
    expect(await client.campaign('7')).toMatchObject({ taskId: '7' });
    expect(bsg.paths).toEqual(['/sms/6', '/sms/task/6', '/sms/task/7']);
  });

  it('is detected by an error that only a campaign path gives', async () => {
    const bsg = await startPaths([{ error: 20 }], [{ error: 30 }]);
    const client = startClient(bsg.baseUrl);

    expect(await client.campaign('6')).toMatchObject({ code: 'TASK_NOT_FOUND', bsgCode: 30 });
    await client.campaign('7');
    expect(bsg.paths).toEqual(['/sms/6', '/sms/task/6', '/sms/task/7']);
  });

  it.each([
    [401, 'INVALID_API_KEY'],
    [403, 'ACCESS_DENIED'],
    [404, 'TASK_NOT_FOUND'],
    [400, 'INVALID_PARAMETERS'],
    [422, 'INVALID_PARAMETERS'],
  ])('is not learned from an HTTP %i in JSON, which is the answer where it is known', async (status, code) => {
    let isUp = false;
    const bsg = await startFakeBsg((request, response) => {
      if (isUp && request.url?.startsWith('/sms/task/')) sendJson(response, wireCampaign());
      else sendJson(response, { code: status, message: 'BSG says why' }, status);
    });
    const client = startClient(bsg.baseUrl);
    const expected = { code, bsgCode: null, message: 'BSG says why', retryable: false, subject: '6' };

    expect(await client.campaign('6')).toMatchObject(expected);
    isUp = true;
    expect(await client.campaign('6')).toMatchObject(found);
    isUp = false;
    expect(await client.campaign('6')).toMatchObject(expected);
    expect(bsg.paths).toEqual(['/sms/6', '/sms/task/6', '/sms/6', '/sms/task/6', '/sms/task/6']);
  });

  it('says that the account has no access where one path does, and the other that there is no such message', async () => {
    const denied: [unknown, number] = [{ code: 403, message: 'Forbidden' }, 403];
    for (const missing of [[{ error: 20 }], [wireSms({ id: '6' })], [{ code: 404, message: 'Not Found' }, 404]] as [
      unknown,
      number?,
    ][]) {
      const bsg = await startPaths(missing, denied);
      expect(await startClient(bsg.baseUrl).campaign('6')).toMatchObject({ code: 'ACCESS_DENIED' });
    }
  });

  it('is not detected by an error of the documented path, which serves messages too', async () => {
    let error = 30;
    const bsg = await startFakeBsg((request, response) => {
      sendJson(response, request.url?.startsWith('/sms/task/') ? wireCampaign() : { error });
    });
    const client = startClient(bsg.baseUrl);

    expect(await client.campaign('6')).toMatchObject({ code: 'TASK_NOT_FOUND' });
    error = 20;
    expect(await client.campaign('7')).toMatchObject({ kind: 'campaign' });
  });

  it('is the one of the SDKs where the documented one redirects', async () => {
    const bsg = await startFakeBsg((request, response) => {
      if (request.url?.startsWith('/sms/task/')) sendJson(response, wireCampaign());
      else response.writeHead(302, { location: '/login' }).end();
    });
    expect(await startClient(bsg.baseUrl).campaign('6')).toMatchObject({ kind: 'campaign' });
  });

  it('makes no difference to the error for an unknown campaign', async () => {
    const bsg = await startFakeBsg((request, response) => {
      if (request.url === '/sms/6') sendJson(response, wireCampaign());
      else sendJson(response, { error: request.url?.startsWith('/sms/task/') ? 30 : 20 });
    });
    const client = startClient(bsg.baseUrl);

    expect(await client.campaign('404')).toMatchObject({ code: 'TASK_NOT_FOUND' });
    expect(await startClient(bsg.baseUrl).campaign('6')).toMatchObject(found);
    const other = startClient(bsg.baseUrl);
    await other.campaign('6');
    expect(await other.campaign('404')).toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  it('is detected within the deadline of the fetch', async () => {
    fakeTimers();
    const slow = held(respondWith({ error: 20 }));
    const bsg = await startFakeBsg(slow.respond);
    const read = startClient(bsg.baseUrl, { timeoutMs: 1_000, retries: 0 }).campaign('6');
    await bsg.received(1);
    vi.advanceTimersByTime(800);
    bsg.respond = hangs;
    slow.release();
    await bsg.received(2);
    vi.advanceTimersByTime(200);

    expect(await read).toMatchObject({ code: 'TIMEOUT' });
    expect(bsg.paths).toEqual(['/sms/6', '/sms/task/6']);
  });

  it('is not the detected one for a task id that is also the id of an SMS', async () => {
    const bsg = await startFakeBsg((request, response) => {
      sendJson(response, request.url === '/sms/7' ? wireSms({ id: '7' }) : wireCampaign());
    });
    const client = startClient(bsg.baseUrl);

    await client.campaign('6');
    expect(await client.campaign('7')).toMatchObject({ kind: 'campaign', taskId: '7' });
    expect(bsg.paths).toEqual(['/sms/6', '/sms/7', '/sms/task/7']);
  });

  it('is detected anew when BSG serves the detected one no more', async () => {
    let isMoved = false;
    const bsg = await startFakeBsg((request, response) => {
      const isTaskPath = request.url?.startsWith('/sms/task/') ?? false;
      if (isTaskPath === isMoved) sendJson(response, wireCampaign());
      else sendJson(response, PAGE, 404);
    });
    const client = startClient(bsg.baseUrl);
    await client.campaign('6');
    isMoved = true;

    expect(await client.campaign('7')).toMatchObject({ taskId: '7' });
    await client.campaign('8');
    expect(bsg.paths).toEqual(['/sms/6', '/sms/7', '/sms/task/7', '/sms/task/8']);
  });

  it('is not detected while BSG is down, limits the rate or refuses the key', async () => {
    for (const [answer, code] of [
      [[PAGE, 502], 'BAD_RESPONSE'],
      [[{}, 429], 'RATE_LIMITED'],
      [[{ error: 1 }, 401], 'INVALID_API_KEY'],
      [[{ error: 5 }], 'UNKNOWN_ERROR'],
    ] as const) {
      const bsg = await startPaths([...answer], [wireCampaign()]);
      expect(await startClient(bsg.baseUrl, { retries: 0 }).campaign('6')).toMatchObject({ code });
      expect(bsg.paths).toEqual(['/sms/6']);
    }
  });

  it('reports the error of the documented path where there is no other', async () => {
    const bsg = await startPaths([{ error: 20, errorDescription: 'SMS not found' }], [PAGE, 404]);

    expect(await startClient(bsg.baseUrl).campaign('6')).toMatchObject({ code: 'TASK_NOT_FOUND', bsgCode: 20 });
  });

  it('reports that the task id is the id of an SMS where no path knows a campaign', async () => {
    const bsg = await startPaths([wireSms({ id: '6' })], [PAGE, 404]);

    const answer = await startClient(bsg.baseUrl).campaign('6');
    expect(answer).toMatchObject({ code: 'TASK_NOT_FOUND', message: expect.stringContaining('SMS') });
  });

  it('is the pinned one alone where BSG_CAMPAIGN_PATH is set', async () => {
    const bsg = await startPaths([wireCampaign()], [{ error: 20 }]);
    const client = startClient(bsg.baseUrl, { campaignPath: '/sms/task/{task_id}' });

    expect(await client.campaign('6')).toMatchObject({ code: 'TASK_NOT_FOUND', bsgCode: 20 });
    expect(bsg.paths).toEqual(['/sms/task/6']);
  });
});
