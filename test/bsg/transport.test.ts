import { describe, expect, it, vi } from 'vitest';
import { startClient } from '../helpers/client.ts';
import { fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import {
  hangs,
  held,
  inGroupsOf,
  knowsAll,
  type Respond,
  respondWith,
  sendJson,
  startFakeBsg,
  wireSms,
} from '../helpers/fake-bsg.ts';

const unavailable = (code: string) => ({ kind: 'failure', group: 'unavailable', code, subject: '211' });

describe('a request to BSG', () => {
  it('carries the key in its header and nowhere else', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));

    await startClient(bsg.baseUrl, { apiKey: 'live_secret' }).smsById('211');

    const [request] = bsg.requests;
    expect(request?.headers['x-api-key']).toBe('live_secret');
    expect(request?.url).toBe('/sms/211');
    expect(request?.rawHeaders.filter((part) => part.includes('live_secret'))).toHaveLength(1);
  });

  it.each([
    ['slashes', (key: string) => key.replaceAll('/', '\\/')],
    ['letters', (key: string) => [...key].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
  ])('never leaks the key where BSG repeats it with its %s escaped', async (_, write) => {
    const key = 'live_ab/cd+ef_secret';
    const bsg = await startFakeBsg((_request, response) => {
      sendJson(response, `{"error":1,"errorDescription":"Invalid key ${write(key)}."}`, 401);
    });
    const answer = await startClient(bsg.baseUrl, { apiKey: key }).smsById('1');
    expect(answer).toMatchObject({ code: 'INVALID_API_KEY', message: 'Invalid key (key).' });
  });

  it('is NETWORK where the response declares a compression that it does not have', async () => {
    const bsg = await startFakeBsg((_, response) => {
      response.writeHead(200, { 'content-encoding': 'deflate', 'content-type': 'text/json' }).end('{"error":0');
    });
    const answer = await startClient(bsg.baseUrl, { retries: 0 }).smsById('1');
    expect(answer).toMatchObject({ code: 'NETWORK', isOutage: true });
  });

  it('never leaks the key where BSG repeats it', async () => {
    const bsg = await startFakeBsg((request, response) => {
      sendJson(response, { error: 1, errorDescription: `Invalid key ${request.headers['x-api-key']}.` }, 401);
    });

    const answer = await startClient(bsg.baseUrl, { apiKey: 'live_secret' }).smsById('211');
    expect(answer).toMatchObject({ code: 'INVALID_API_KEY', message: 'Invalid key (key).' });
  });

  it('never follows a redirect with the key', async () => {
    const elsewhere = await startFakeBsg(respondWith(wireSms()));
    const bsg = await startFakeBsg((_, response) => {
      response.writeHead(302, { location: `${elsewhere.baseUrl}/sms/211` }).end();
    });

    const answer = await startClient(bsg.baseUrl).smsById('211');

    expect(answer).toMatchObject(unavailable('BAD_RESPONSE'));
    expect(elsewhere.paths).toEqual([]);
    expect(bsg.paths).toHaveLength(1);
  });

  it('reuses connections', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const client = startClient(bsg.baseUrl);

    for (let i = 0; i < 5; i++) await client.smsById('211');

    expect(new Set(bsg.requests.map((request) => request.socket.remotePort)).size).toBe(1);
  });

  it('is sent again where BSG has closed the kept connection', async () => {
    const bsg = await startFakeBsg(({ number }, response) => {
      if (number === 2) response.socket?.destroy();
      else sendJson(response, wireSms());
    });
    const client = startClient(bsg.baseUrl);

    await client.smsById('211');
    expect(await client.smsById('211')).toMatchObject({ kind: 'sms' });
    expect(bsg.paths).toHaveLength(3);
  });
});

/** A BSG and a client with 50 idle connections to it; those are broken from now on, and new ones are not. */
async function breakIdleConnections(fault: Respond, options: Parameters<typeof startClient>[1] = {}) {
  const bsg = await startFakeBsg(inGroupsOf(50));
  const client = startClient(bsg.baseUrl, { massStatus: 'off', ...options });
  await Promise.all(Array.from({ length: 50 }, (_, i) => client.smsById(String(i))));
  const broken = new Set(bsg.requests.map(({ socket }) => socket));
  bsg.forgetRequests();
  bsg.respond = (request, response) => (broken.has(request.socket) ? fault : knowsAll())(request, response);
  return { bsg, client, broken };
}

describe('where the idle connections are broken', () => {
  const reset: Respond = (_, response) => response.socket?.resetAndDestroy();

  it('a retry uses a new one', async () => {
    const { bsg, client, broken } = await breakIdleConnections(reset);

    expect(await client.smsById('211')).toMatchObject({ kind: 'sms' });
    expect(bsg.requests.map(({ socket }) => broken.has(socket))).toEqual([true, false]);
  });

  it('only the first of many fetches fails without retries', async () => {
    const { client } = await breakIdleConnections(reset, { retries: 0 });

    expect(await client.smsById('211')).toMatchObject(unavailable('NETWORK'));
    for (let i = 0; i < 49; i++) expect(await client.smsById(String(i))).toMatchObject({ kind: 'sms' });
  });

  it('fetches that begin at once all succeed with a retry', async () => {
    const { client } = await breakIdleConnections(reset, { retries: 1 });

    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => client.smsById(String(i))));
    expect(results.filter(({ kind }) => kind !== 'sms')).toEqual([]);
  });

  it('and never respond, a timeout discards them all', async () => {
    fakeTimers();
    const { bsg, client, broken } = await breakIdleConnections(hangs, { timeoutMs: 1_000, retries: 1 });
    const read = client.smsById('211');
    await bsg.received(1);
    vi.advanceTimersByTime(500);

    expect(await read).toMatchObject({ kind: 'sms' });
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.smsById(String(i))));
    expect(bsg.requests.filter(({ socket }) => broken.has(socket))).toHaveLength(1);
  });
});

describe('a network error', () => {
  it.each<[string, Respond]>([
    ['a reset before the headers', (_, response) => response.socket?.resetAndDestroy()],
    [
      'a reset after the headers',
      (_, response) => {
        response.writeHead(200, { 'content-length': 500 }).flushHeaders();
        response.write('{', () => response.socket?.resetAndDestroy());
      },
    ],
    [
      'a body cut short of its length',
      (_, response) => {
        response.writeHead(200, { 'content-length': 500 });
        response.write(JSON.stringify(wireSms()), () => response.socket?.end());
      },
    ],
    [
      'a chunked body cut before its last chunk',
      (_, response) => {
        response.write(JSON.stringify(wireSms()), () => response.socket?.end());
      },
    ],
    [
      'a compressed body cut before its first byte',
      (_, response) => {
        response.writeHead(200, { 'content-encoding': 'deflate', 'content-length': 500 }).flushHeaders();
        setImmediate(() => response.socket?.destroy());
      },
    ],
    [
      'a broken chunk in the packet of the headers',
      (_, response) =>
        response.socket?.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"err\r\n?\r\n'),
    ],
    [
      'a body cut short in the packet of the headers',
      (_, response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{'),
    ],
  ])('such as %s is retried, then NETWORK', async (_, fault) => {
    const bsg = await startFakeBsg(fault);

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject(unavailable('NETWORK'));
    expect(bsg.paths).toHaveLength(3);
  });

  it('is NETWORK where nothing listens', async () => {
    expect(await startClient('http://127.0.0.1:1').smsById('211')).toMatchObject(unavailable('NETWORK'));
  });

  it('is no failure when a later attempt succeeds', async () => {
    const bsg = await startFakeBsg(({ number }, response) => {
      if (number < 3) response.socket?.resetAndDestroy();
      else sendJson(response, wireSms());
    });

    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms', id: '211' });
  });
});

describe('a slow BSG', () => {
  it('that never responds is TIMEOUT at the deadline, after a second attempt', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(hangs);
    const read = startClient(bsg.baseUrl, { timeoutMs: 1_000 }).smsById('211');
    await bsg.received(1);
    vi.advanceTimersByTime(500);
    await bsg.received(2);
    vi.advanceTimersByTime(500);

    expect(await read).toMatchObject(unavailable('TIMEOUT'));
    expect(bsg.paths).toHaveLength(2);
  });

  it('has the whole deadline for the one attempt without retries', async () => {
    fakeTimers();
    const slow = held();
    const bsg = await startFakeBsg(slow.respond);
    const read = startClient(bsg.baseUrl, { timeoutMs: 1_000, retries: 0 }).smsById('211');
    await bsg.received(1);
    vi.advanceTimersByTime(999);
    slow.release();

    expect(await read).toMatchObject({ kind: 'sms' });
  });

  it('that sends a byte now and then is TIMEOUT as well', async () => {
    fakeTimers();
    const bsg = await startFakeBsg((_, response) => {
      const drip = () => {
        response.write(' ');
        setTimeout(drip, 100);
      };
      drip();
    });
    const read = startClient(bsg.baseUrl, { timeoutMs: 300, retries: 0 }).smsById('211');
    await bsg.received(1);

    expect(await passTimeUntil(read)).toMatchObject(unavailable('TIMEOUT'));
  });

  it('keeps no request in the queue beyond its deadline', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(hangs);
    const client = startClient(bsg.baseUrl, { timeoutMs: 300, maxConcurrency: 1, retries: 0 });
    const reads = Promise.all(Array.from({ length: 20 }, (_, i) => client.smsById(String(i))));
    await bsg.received(1);
    vi.advanceTimersByTime(300);

    for (const result of await reads) expect(result).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a response body', () => {
  it('of 100 MB is refused at 1 MiB, without a retry', async () => {
    let sentBytes = 0;
    const bsg = await startFakeBsg((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const pour = () => {
        while (sentBytes < 100_000_000 && !response.destroyed) {
          sentBytes += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pour);
        }
      };
      pour();
    });

    const answer = await startClient(bsg.baseUrl).smsById('211');

    expect(answer).toMatchObject({ ...unavailable('BAD_RESPONSE'), message: expect.stringContaining('1 MiB') });
    expect(sentBytes).toBeLessThan(20_000_000);
    expect(bsg.paths).toHaveLength(1);
  });

  it('of HTML is a bad response: with 200 at once, with 502 after retries', async () => {
    const page = '<!doctype html><h1>Bad Gateway</h1>';
    const lying = await startFakeBsg(respondWith(page, 200));
    const failing = await startFakeBsg(respondWith(page, 502));

    expect(await startClient(lying.baseUrl).smsById('211')).toMatchObject(unavailable('BAD_RESPONSE'));
    expect(await startClient(failing.baseUrl).smsById('211')).toMatchObject(unavailable('BAD_RESPONSE'));
    expect(lying.paths).toHaveLength(1);
    expect(failing.paths).toHaveLength(3);
  });

  it('with a byte order mark is decoded', async () => {
    const bsg = await startFakeBsg(respondWith(`\ufeff${JSON.stringify(wireSms())}`));
    expect(await startClient(bsg.baseUrl).smsById('211')).toMatchObject({ kind: 'sms' });
  });
});
