import { describe, expect, it, vi } from 'vitest';
import { prefersMultipart } from '../../src/transports/multipart.ts';
import { startApp } from '../helpers/app.ts';
import { fakeTimers } from '../helpers/clock.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';
import { AUTH_TOKENS } from '../helpers/secrets.ts';

const accept = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';
const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';

/** Subscribes; `read` returns the next bytes as text, null at the end. */
async function subscribe(address: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${address}/graphql`, graphqlPost({ query }, { accept, ...headers }));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  return { response, read: async () => (await reader?.read())?.value ?? null };
}

describe('a subscription as multipart', () => {
  it('sends each event as a payload, and ends with the last boundary', async () => {
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const address = await listen(startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' }).listener);
    const { response, read } = await subscribe(address);
    expect(response.headers.get('content-type')).toBe('multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');

    let text = '';
    while (!text.includes('SENT')) text += await read();
    bsg.respond = knowsAll({ status: 'delivered' });
    for (let chunk = await read(); chunk !== null; chunk = await read()) text += chunk;
    const part = (status: string) =>
      `\r\ncontent-type: application/json\r\n\r\n{"payload":{"data":{"smsUpdates":{"status":"${status}"}}}}\r\n--graphql`;
    expect(text).toBe(`\r\n--graphql${part('SENT')}${part('DELIVERED')}--\r\n`);
  });

  it('has an empty part every 12 seconds while nothing changes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const { read } = await subscribe(await listen(startApp(bsg.baseUrl).listener));
    let text = '';
    while (!text.includes('SENT')) text += await read();
    vi.advanceTimersByTime(12_000);
    vi.useRealTimers();
    expect(await read()).toBe('\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql');
  });

  it('is cut off before its last boundary at shutdown, so that clients reconnect', async () => {
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl);
    const { read } = await subscribe(await listen(app.listener));
    let text = '';
    while (!text.includes('SENT')) text += await read();
    app.endStreams();
    expect(await read()).toBeNull();
  });

  it('stops polling when its client leaves', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl);
    const address = await listen(app.listener);
    const leaving = new AbortController();
    const init = { ...graphqlPost({ query }, { accept }), signal: leaving.signal };
    await (await fetch(`${address}/graphql`, init)).body?.getReader().read();
    const streams = async () => (await app.fetch('/metrics')).text();
    expect(await streams()).toContain('bsg_graphql_live_streams 1');
    leaving.abort();
    await expect.poll(streams).toContain('bsg_graphql_live_streams 0');
  });

  it.each([
    ['with JSON', accept],
    ['without', 'multipart/mixed;subscriptionSpec="1.0"'],
  ])('is refused as JSON to clients that accept it %s', async (_, accepted) => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    const response = await app.fetch('/graphql', graphqlPost({ query }, { accept: accepted }));
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it.each([
    ['multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json', true],
    ['Multipart/Mixed; subscriptionSpec="1.0", application/json', true],
    ['application/json, multipart/mixed;subscriptionSpec=1.0, text/event-stream', true],
    ['text/event-stream, multipart/mixed;subscriptionSpec=1.0', false],
    ['multipart/mixed', false],
    ['multipart/mixed;deferSpec=20220824, application/json', false],
    ['text/event-stream, multipart/mixed', false],
    ['*/*', false],
  ])('is chosen by Accept: %s (%s)', (accepted, isPreferred) => {
    expect(prefersMultipart(accepted)).toBe(isPreferred);
  });
});
