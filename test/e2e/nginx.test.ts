import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen, subscribe } from '../helpers/http.ts';
import { hasNginx, startNginx, startNginxOfExample } from '../helpers/nginx.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';
import { openSocket } from '../helpers/socket.ts';

const delivered = '{ sms(id: "1") { ... on Sms { status } } }';
const msisdn = '{ sms(id: "1") { ... on Sms { msisdn } } }';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** nginx as its own documentation sets it up: responses are buffered, and HTTP/1.0 or 1.1 is its choice. */
const startPlainNginx = (upstream: string) =>
  startNginx(`
    server {
      listen PORT;
      location / {
        proxy_pass ${upstream};
      }
    }`);

/** Starts the app behind nginx. */
async function start(startProxy: (upstream: string) => Promise<string>) {
  const bsg = await startFakeBsg();
  const app = startApp(bsg.baseUrl, { AUTH_TOKENS });
  const address = await startProxy(await listen(app.listener, app));
  return {
    bsg,
    app,
    address,
    get: (query: string, headers: Readonly<Record<string, string>>) =>
      fetch(`${address}/graphql?query=${encodeURIComponent(query)}`, { headers }),
  };
}

describe.skipIf(!hasNginx)('nginx as a cache in front (needs nginx)', () => {
  it('has a delivered message that a caller polls reach the server once', async () => {
    const { app, get } = await start(startNginxOfExample);
    for (let poll = 0; poll < 10; poll++) {
      const response = await get(delivered, bearer(TOKENS.plain));
      expect(await response.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });
      expect(response.headers.get('cache-control')).toBe('private, no-cache');
    }
    expect(app.requestLines()).toHaveLength(1);
  });

  it('answers If-None-Match from its own copy', async () => {
    const { app, get } = await start(startNginxOfExample);
    const etag = (await get(delivered, bearer(TOKENS.plain))).headers.get('etag') ?? '';
    const again = await get(delivered, { ...bearer(TOKENS.plain), 'if-none-match': etag });
    expect(again.status).toBe(304);
    expect(app.requestLines()).toHaveLength(1);
  });

  it('shares no response between callers', async () => {
    const { app, get } = await start(startNginxOfExample);
    for (let poll = 0; poll < 2; poll++) {
      expect((await get(delivered, bearer(TOKENS.personal))).status).toBe(200);
      expect((await get(delivered, bearer(TOKENS.plain))).status).toBe(200);
      expect((await get(delivered, {})).status).toBe(401);
    }
    expect(app.requestLines().map(({ caller }) => caller)).toEqual(['token:support', 'token:dashboard', null, null]);
  });

  it('stores no phone number', async () => {
    const { app, get } = await start(startNginxOfExample);
    for (let poll = 0; poll < 2; poll++) {
      const shown = await get(msisdn, bearer(TOKENS.personal));
      expect(await shown.json()).toEqual({ data: { sms: { msisdn: '380972000001' } } });
      expect(shown.headers.get('cache-control')).toContain('no-store');
      expect(await (await get(msisdn, bearer(TOKENS.plain))).json()).toMatchObject({ data: { sms: { msisdn: null } } });
    }
    expect(app.requestLines()).toHaveLength(4);
  });

  it('passes POST and event streams through', async () => {
    const { bsg, app, address } = await start(startNginxOfExample);
    for (let post = 0; post < 2; post++) {
      const response = await fetch(`${address}/graphql`, graphqlPost({ query: delivered }, bearer(TOKENS.plain)));
      expect(await response.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });
    }
    expect(app.requestLines()).toHaveLength(2);

    bsg.respond = knowsAll({ status: 'sent' });
    const subscription = 'subscription { smsUpdates(ids: ["2"]) { ... on Sms { status } } }';
    const updates = subscribe(address, subscription, {}, bearer(TOKENS.plain));
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SENT' } });
    updates.leave();
  });

  it('passes WebSockets through, and pages of its own origin may open them', async () => {
    const { address } = await start(startNginxOfExample);
    const socket = await openSocket(address, { origin: address });
    expect(await socket.init(bearer(TOKENS.plain))).toEqual({ type: 'connection_ack' });
    expect(await socket.query(delivered)).toEqual([{ data: { sms: { status: 'DELIVERED' } } }, null]);
    const elsewhere = await openSocket(address, { origin: 'https://evil.example' });
    await elsewhere.init(bearer(TOKENS.plain));
    expect(await elsewhere.closed).toEqual({ code: 4403, reason: 'CROSS_SITE_REQUEST' });
  });

  it('stores nothing with a plain proxy_cache, as it is no cache of one caller', async () => {
    const { app, get } = await start((upstream) =>
      startNginx(`
        proxy_cache_path FOLDER/cache keys_zone=plain:1m;
        server {
          listen PORT;
          location / {
            proxy_pass ${upstream};
            proxy_cache plain;
            proxy_cache_key $request_uri;
          }
        }`),
    );
    for (let poll = 0; poll < 2; poll++) expect((await get(delivered, bearer(TOKENS.plain))).status).toBe(200);
    expect((await get(delivered, {})).status).toBe(401);
    expect(app.requestLines()).toHaveLength(3);
  });
});

describe.skipIf(!hasNginx)('nginx with its defaults (needs nginx)', () => {
  it('passes each event of a subscription on when it happens', async () => {
    const { bsg, address } = await start(startPlainNginx);
    bsg.respond = knowsAll({ status: 'scheduled' });
    const subscription = 'subscription { smsUpdates(ids: ["2"]) { ... on Sms { status } } }';
    const updates = subscribe(address, subscription, {}, bearer(TOKENS.plain));
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SCHEDULED' } });
    bsg.respond = knowsAll({ status: 'sent' });
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SENT' } });
    updates.leave();
  });
});
