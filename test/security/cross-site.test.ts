import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';

const query = '{ sms(id: "1") { ... on Sms { id } } }';
const address = `/graphql?query=${encodeURIComponent(query)}`;
const body = JSON.stringify({ query });

async function start(environment: Record<string, string> = {}) {
  const bsg = await startFakeBsg();
  return { bsg, app: startApp(bsg.baseUrl, environment) };
}

const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'content-type,authorization,baggage',
  },
});

describe('a page of another origin', () => {
  it('may not ask, nor read, unless it is let', async () => {
    const { app } = await start();
    const asked = await app.fetch(address, preflight('https://evil.example'));
    expect(asked.status).toBe(403);
    expect(await asked.json()).toMatchObject({ errors: [{ message: expect.stringContaining('CORS_ORIGINS') }] });
    for (const init of [preflight('https://evil.example'), { headers: { origin: 'https://evil.example' } }]) {
      const response = await app.fetch(address, init);
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it.each(['https://app.example', 'http://localhost:3000'])(
    'may ask from %s where that is one of CORS_ORIGINS',
    async (origin) => {
      const { app } = await start({ CORS_ORIGINS: 'https://app.example,http://localhost:3000' });
      const asked = await app.fetch('/graphql', preflight(origin));
      expect(asked.status).toBe(204);
      expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
      expect(asked.headers.get('access-control-allow-headers')).toMatch(/authorization,baggage/);
      expect(asked.headers.get('access-control-allow-credentials')).toBeNull();

      const answered = await app.fetch('/graphql', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body,
      });
      expect(answered.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answered.headers.get('access-control-expose-headers')).toMatch(/x-request-id/);
      expect(await answered.json()).toEqual({ data: { sms: { id: '1' } } });
    },
  );

  it.each(['https://evil.example', 'null', 'https://app.example.evil.example', 'http://app.example'])(
    'may not ask from %s where others are let',
    async (origin) => {
      const { app } = await start({ CORS_ORIGINS: 'https://app.example,https://other.example' });
      const asked = await app.fetch('/graphql', preflight(origin));
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it('may ask from anywhere where so set', async () => {
    const { app } = await start({ CORS_ORIGINS: '*' });
    const asked = await app.fetch('/graphql', preflight('https://any.example'));
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(asked.headers.get('vary')).toMatch(/origin/i);
  });

  it('is told of a refused token in a way that it can read', async () => {
    const { app } = await start({ CORS_ORIGINS: 'https://app.example', AUTH_TOKENS: 'web:token_of_web_0123456789' });
    const headers = { origin: 'https://app.example', 'content-type': 'application/json' };
    const response = await app.fetch('/graphql', { method: 'POST', headers, body });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('what a page can have a browser send without a preflight', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ])('is no query when it is a form of type %s', async (type) => {
    const { app, bsg } = await start();
    const form = type.includes('urlencoded') ? `query=${encodeURIComponent(query)}` : body;
    const response = await app.fetch('/graphql', { method: 'POST', headers: { 'content-type': type }, body: form });
    expect(response.status).toBe(415);
    expect(bsg.paths).toEqual([]);
  });

  it('is no query when it says nothing of its type', async () => {
    const { app, bsg } = await start();
    const response = await app.fetch('/graphql', { method: 'POST', body: new TextEncoder().encode(body) });
    expect(response.status).toBe(415);
    expect(bsg.paths).toEqual([]);
  });

  it.each(['cross-site', 'same-site'])(
    'is refused when it is an address, loaded from a page that is %s',
    async (site) => {
      const { app, bsg } = await start();
      const response = await app.fetch(address, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } });
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CROSS_SITE_REQUEST' } }] });
      expect(bsg.paths).toEqual([]);
    },
  );

  it.each<[string, Record<string, string>]>([
    ["the server's own page", { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['what is no browser', {}],
    ['a page that is let', { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }],
  ])('is answered when it is an address, asked by %s', async (_, headers) => {
    const { app } = await start({ CORS_ORIGINS: 'https://app.example' });
    expect(await (await app.fetch(address, { headers })).json()).toEqual({ data: { sms: { id: '1' } } });
  });
});
