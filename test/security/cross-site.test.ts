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
  it('can neither send a request nor read a response by default', async () => {
    const { app } = await start();
    const response = await app.fetch(address, preflight('https://evil.example'));
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('CORS_ORIGINS');
    for (const init of [preflight('https://evil.example'), { headers: { origin: 'https://evil.example' } }]) {
      const response = await app.fetch(address, init);
      expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it.each(['https://app.example', 'http://localhost:3000'])(
    'can send requests and read responses if CORS_ORIGINS has %s',
    async (origin) => {
      const { app } = await start({ CORS_ORIGINS: 'https://app.example,http://localhost:3000' });
      const response = await app.fetch('/graphql', preflight(origin));
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('access-control-allow-headers')).toMatch(/authorization,baggage/);
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();

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
    'is refused from %s if CORS_ORIGINS has others',
    async (origin) => {
      const { app } = await start({ CORS_ORIGINS: 'https://app.example,https://other.example' });
      const response = await app.fetch('/graphql', preflight(origin));
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  it.each([{}, { CORS_ORIGINS: 'https://app.example' }])(
    'is refused with a log line that names the origin and the variable to set, with %j',
    async (environment) => {
      const { app } = await start(environment);
      const response = await app.fetch('/graphql', preflight('http://localhost:5173'));
      expect(response.status).toBe(403);
      expect(app.log()).toMatch(/"origin":"http:\/\/localhost:5173".*"msg":"[^"]*CORS_ORIGINS/);
    },
  );

  it.each(['http://localhost:5173', 'http://127.0.0.1:3000', 'http://[::1]:8080', 'https://localhost'])(
    'of this machine, such as %s, may call the sandbox, and the server if CORS_ORIGINS is loopback',
    async (origin) => {
      for (const environment of [{ BSG_API_KEY: '', BSG_BASE_URL: '' }, { CORS_ORIGINS: 'loopback' }]) {
        const { app } = await start(environment);
        const response = await app.fetch('/graphql', preflight(origin));
        expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([204, origin]);
      }
    },
  );

  it.each(['https://evil.example', 'http://localhost.evil.example', 'http://127.0.0.1.evil.example:80', 'null'])(
    'such as %s may not call the sandbox',
    async (origin) => {
      const { app } = await start({ BSG_API_KEY: '', BSG_BASE_URL: '' });
      expect((await app.fetch('/graphql', preflight(origin))).status).toBe(403);
    },
  );

  it.each([
    ['which other machines can reach', { HOST: '0.0.0.0', AUTH: 'none' }],
    ['with other CORS_ORIGINS', { CORS_ORIGINS: 'https://app.example' }],
  ])('of this machine may not call a sandbox %s', async (_, environment) => {
    const { app } = await start({ BSG_API_KEY: '', BSG_BASE_URL: '', ...environment });
    expect((await app.fetch('/graphql', preflight('http://localhost:5173'))).status).toBe(403);
  });

  it('is allowed from anywhere if CORS_ORIGINS is *', async () => {
    const { app } = await start({ CORS_ORIGINS: '*' });
    const response = await app.fetch('/graphql', preflight('https://any.example'));
    expect(response.headers.get('access-control-allow-origin')).toBe('https://any.example');
    expect(response.headers.get('vary')).toMatch(/origin/i);
  });

  it('can read that its token was refused', async () => {
    const { app } = await start({ CORS_ORIGINS: 'https://app.example', AUTH_TOKENS: 'web:token_of_web_0123456789' });
    const headers = { origin: 'https://app.example', 'content-type': 'application/json' };
    const response = await app.fetch('/graphql', { method: 'POST', headers, body });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });
});

describe('a request that a page can send without a preflight (CSRF)', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
  ])('is refused with 415 if it is a form of type %s', async (type) => {
    const { app, bsg } = await start();
    const form = type.includes('urlencoded') ? `query=${encodeURIComponent(query)}` : body;
    const response = await app.fetch('/graphql', { method: 'POST', headers: { 'content-type': type }, body: form });
    expect(response.status).toBe(415);
    expect(bsg.paths).toEqual([]);
  });

  it('is refused with 415 without a content type', async () => {
    const { app, bsg } = await start();
    const response = await app.fetch('/graphql', { method: 'POST', body: new TextEncoder().encode(body) });
    expect(response.status).toBe(415);
    expect(bsg.paths).toEqual([]);
  });

  it.each(['cross-site', 'same-site'])('is refused with 403 if a %s page loads it by URL', async (site) => {
    const { app, bsg } = await start();
    const response = await app.fetch(address, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'CROSS_SITE_REQUEST' } }] });
    expect(bsg.paths).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ["the server's own page", { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['a client that is no browser', {}],
    ['a page of an allowed origin', { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }],
  ])('is answered if it is loaded by URL from %s', async (_, headers) => {
    const { app } = await start({ CORS_ORIGINS: 'https://app.example' });
    expect(await (await app.fetch(address, { headers })).json()).toEqual({ data: { sms: { id: '1' } } });
  });
});
