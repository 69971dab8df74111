import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeTimers } from '../helpers/clock.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function lookUp(app: TestApp, count: number, headers: Record<string, string> = {}) {
  const ids = Array.from({ length: count }, (_, i) => String(i + 1));
  const response = await app.fetch(
    '/graphql',
    graphqlPost({ query: 'query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id } } }', variables: { ids } }, headers),
  );
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...(await response.json()) };
}

describe('the rate limit of a caller', () => {
  it('is one of lookups per minute: beyond it is 429 with Retry-After, and other callers are not affected', async () => {
    fakeTimers();
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS, RATE_LIMIT: '10' });
    expect(await lookUp(app, 6, bearer(TOKENS.plain))).toMatchObject({ status: 200 });
    expect(await lookUp(app, 4, bearer(TOKENS.plain))).toMatchObject({ status: 200 });
    expect(await lookUp(app, 1, bearer(TOKENS.plain))).toMatchObject({
      status: 429,
      retryAfter: '60',
      errors: [{ extensions: { code: 'TOO_MANY_REQUESTS', retryAfter: 60 } }],
    });
    expect(await lookUp(app, 10, bearer(TOKENS.personal))).toMatchObject({ status: 200 });

    vi.advanceTimersByTime(60_000);
    expect(await lookUp(app, 10, bearer(TOKENS.plain))).toMatchObject({ status: 200 });
  });

  it('is charged one lookup for a request without any', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '2' });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await app.fetch('/graphql?query={__typename}')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it.each([
    ['{"query":"{"}', 400],
    ['{"query":"{ nothing }"}', 400],
    ['{', 400],
    ['[]', 400],
    [`{"query":"${'x'.repeat(40_000)}"}`, 400],
  ])('is charged for an invalid request: %s', async (body, expected) => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '2' });
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await app.fetch('/graphql', { method: 'POST', headers, body })).status);
    expect(statuses).toEqual([expected, expected, 429]);
  });

  it('leaves room for a small request after a large one was refused', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '10' });
    expect((await lookUp(app, 6)).status).toBe(200);
    expect((await lookUp(app, 6)).status).toBe(429);
    expect((await lookUp(app, 3)).status).toBe(200);
  });

  it('is charged once for a subscription, by its keys', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '10' });
    const listenTo = async (count: number) => {
      const ids = Array.from({ length: count }, (_, i) => `"${i + 1}"`);
      const query = `subscription { smsUpdates(ids: [${ids}]) { __typename } }`;
      const response = await app.fetch(`/graphql?query=${encodeURIComponent(query)}`, {
        headers: { accept: 'text/event-stream' },
      });
      return { status: response.status, text: await response.text() };
    };
    expect((await listenTo(6)).text).toContain('Sms');
    expect((await listenTo(5)).text).toContain('TOO_MANY_REQUESTS');
    expect((await listenTo(3)).text).toContain('Sms');
    expect((await listenTo(1)).text).toContain('TOO_MANY_REQUESTS');
  });

  it('refuses a request before its body is read once no lookups are left', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '1' });
    const { hostname, port } = new URL(await listen(app.listener));
    expect((await fetch(`http://${hostname}:${port}/graphql?query={__typename}`)).status).toBe(200);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    // The body never comes.
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n',
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 429 /);
  });

  it('is that of an address if callers need no token', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '2' });
    const address = await listen(app.listener);
    for (const expected of [200, 200, 429]) {
      const response = await fetch(`${address}/graphql?query={__typename}`);
      expect(response.status).toBe(expected);
    }
    expect((await app.fetch('/graphql?query={__typename}')).status).toBe(200);
  });

  it.each([
    ['0', '203.0.113.1', '203.0.113.2', 429],
    ['1', '203.0.113.1', '203.0.113.2', 200],
    ['1', 'made up, 203.0.113.1', 'other, 203.0.113.1', 429],
    ['2', '203.0.113.1, 10.0.0.1', '203.0.113.2, 10.0.0.1', 200],
    ['2', 'x, 203.0.113.1, 10.0.0.1', 'y, 203.0.113.1, 10.0.0.2', 429],
  ])(
    'is, behind %s trusted proxies, that of the address which the outermost saw: %s, then %s',
    async (TRUST_PROXY, first, second, status) => {
      const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '1', TRUST_PROXY });
      const address = `${await listen(app.listener)}/graphql?query={__typename}`;
      expect((await fetch(address, { headers: { 'x-forwarded-for': first } })).status).toBe(200);
      expect((await fetch(address, { headers: { 'x-forwarded-for': second } })).status).toBe(status);
    },
  );

  it('is off with RATE_LIMIT=0', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '0' });
    for (let i = 0; i < 20; i++) expect((await lookUp(app, 100)).status).toBe(200);
  });
});

describe.skipIf(!hasRedis)('the rate limit of a caller of two instances on one Redis (needs Redis)', () => {
  it('is counted together, and by each instance while Redis is unavailable', async () => {
    const [{ baseUrl }, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const environment = { AUTH_TOKENS, RATE_LIMIT: '10', REDIS_URL: redis.url };
    const [a, b] = [startApp(baseUrl, environment), startApp(baseUrl, environment)];
    // Until both are connected each counts on its own.
    for (const app of [a, b]) await expect.poll(() => app.log()).toMatch(/Redis available/);

    expect((await lookUp(a, 6, bearer(TOKENS.plain))).status).toBe(200);
    expect((await lookUp(b, 4, bearer(TOKENS.plain))).status).toBe(200);
    expect((await lookUp(a, 1, bearer(TOKENS.plain))).status).toBe(429);
    expect((await lookUp(b, 1, bearer(TOKENS.plain))).status).toBe(429);

    await redis.kill();
    // Another caller: an instance may learn a moment later that it has lost Redis, and until then remembers who has no lookups left.
    for (const app of [a, b]) {
      expect((await lookUp(app, 10, bearer(TOKENS.personal))).status).toBe(200);
      expect((await lookUp(app, 1, bearer(TOKENS.personal))).status).toBe(429);
    }
  });

  it('is counted for each BSG account', async () => {
    const [{ baseUrl }, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const environment = { AUTH_TOKENS, RATE_LIMIT: '10', REDIS_URL: redis.url };
    const apps = ['live_of_one', 'live_of_another'].map((key) =>
      startApp(baseUrl, { ...environment, BSG_API_KEY: key }),
    );
    for (const app of apps) {
      await expect.poll(() => app.log()).toMatch(/Redis available/);
      expect((await lookUp(app, 10, bearer(TOKENS.plain))).status).toBe(200);
    }
  });

  it('does not wait for a Redis that hangs', async () => {
    const [{ baseUrl }, redis] = await Promise.all([startFakeBsg(), startRedis()]);
    const app = startApp(baseUrl, { REDIS_URL: redis.url });
    await expect.poll(() => app.log()).toMatch(/Redis available/);
    await lookUp(app, 1);
    redis.freeze();
    for (let i = 0; i < 50; i++) expect((await lookUp(app, 1)).status).toBe(200);
    redis.unfreeze();
  });
});
