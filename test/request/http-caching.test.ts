import { describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { isDown, knowsAll, type Respond, respondWith, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { graphqlPost } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

/** How an id ends says what BSG knows: 1 delivered, 2 sent, 9 nothing as it is down; no other message exists. */
const byLastDigit: Respond = ({ key }, response) => {
  const id = key.replace('ref_', '');
  const sms = (status: string) => wireSms({ id, reference: `ref_${id}`, status });
  if (id.endsWith('1')) sendJson(response, sms('delivered'));
  else if (id.endsWith('2')) sendJson(response, sms('sent'));
  else if (id.endsWith('9')) sendJson(response, 'down', 503);
  else sendJson(response, { error: 20, errorDescription: 'SMS not found' });
};

const NO_STORE = 'no-store, max-age=0';

const OPTIONS = { BSG_RETRIES: '0', BSG_MASS_STATUS: 'off', BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' };

async function start(environment: Readonly<Record<string, string>> = {}) {
  fakeClock();
  const bsg = await startFakeBsg(byLastDigit);
  return { bsg, app: startApp(bsg.baseUrl, { ...OPTIONS, ...environment }) };
}

const STATUS = '... on Sms { status }';
const delivered = `{ sms(id: "1") { ${STATUS} } }`;

async function post(app: TestApp, query: string, headers = {}, variables = {}): Promise<Headers> {
  const response = await app.fetch('/graphql', graphqlPost({ query, variables }, headers));
  await response.text();
  return response.headers;
}

function get(app: TestApp, query: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return app.fetch(`/graphql?query=${encodeURIComponent(query)}`, { headers });
}

const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);

describe('Cache-Control', () => {
  it.each([
    ['a final message', delivered, 'private, max-age=3600'],
    ['a pending message', `{ sms(id: "2") { ${STATUS} } }`, 'private, max-age=2'],
    ['a message that does not exist', `{ sms(id: "3") { ${STATUS} } }`, 'private, max-age=2'],
    ['final and pending messages', `{ smsBatch(ids: ["1", "2"]) { found { id } } }`, 'private, max-age=2'],
    ['a final message by reference', `{ smsByReference(reference: "ref_1") { ${STATUS} } }`, 'private, max-age=3600'],
    [
      'an entity',
      '{ _entities(representations: [{ __typename: "Sms", id: "1" }]) { ... on Sms { id } } }',
      'private, max-age=3600',
    ],
    [
      'a message beside a malformed id',
      `{ a: sms(id: "1") { ${STATUS} } b: sms(id: "x") { ${STATUS} } }`,
      'private, max-age=3600',
    ],
    ['a malformed id', `{ sms(id: "x") { ${STATUS} } }`, NO_STORE],
    ['a message while BSG is unavailable', `{ sms(id: "9") { ${STATUS} } }`, NO_STORE],
    ['a message beside one that is unavailable', `{ smsBatch(ids: ["1", "9"]) { found { id } } }`, NO_STORE],
    ['a phone number', '{ sms(id: "1") { ... on Sms { msisdn } } }', NO_STORE],
    [
      'a phone number in a fragment, renamed',
      '{ sms(id: "1") { ...F } } fragment F on Sms { phone: msisdn }',
      NO_STORE,
    ],
    ['a phone number of a message that does not exist', '{ sms(id: "3") { ... on Sms { msisdn } } }', NO_STORE],
    ['a phone number that is skipped', '{ sms(id: "1") { ... on Sms { id msisdn @skip(if: true) } } }', NO_STORE],
    [
      'an entity that does not exist',
      '{ _entities(representations: [{ __typename: "Sms", id: "3" }]) { ... on Sms { id } } }',
      NO_STORE,
    ],
    ['no message', '{ smsBatch(ids: []) { found { id } } }', NO_STORE],
    ['nothing of BSG', '{ __typename __schema { queryType { name } } }', NO_STORE],
    ['an unknown field', '{ nothing }', NO_STORE],
    ['a syntax error', '{', NO_STORE],
  ])('of %s', async (_, query, expected) => {
    const { app } = await start();
    expect((await post(app, query)).get('cache-control')).toBe(expected);
  });

  it('of a campaign follows its state, and its text makes it no-store', async () => {
    const { bsg, app } = await start();
    bsg.respond = knowsAll();
    const read = (fields: string) => post(app, `{ campaign(taskId: "1") { ... on Campaign { ${fields} } } }`);

    expect((await read('sent')).get('cache-control')).toBe('private, max-age=2');
    expect((await read('sent body')).get('cache-control')).toBe(NO_STORE);
  });

  it('counts down what is left of the freshness, in whole seconds', async () => {
    const { bsg, app } = await start({ CACHE_FINAL_TTL_MS: '60000' });
    const maxAges: (string | null)[] = [];
    for (const passedMs of [0, 500, 500, 58_999, 1]) {
      vi.advanceTimersByTime(passedMs);
      maxAges.push((await post(app, delivered)).get('cache-control'));
    }
    expect(maxAges).toEqual([60, 59, 59, 0, 60].map((maxAge) => `private, max-age=${maxAge}`));
    expect(bsg.requests).toHaveLength(2);
  });

  it('is the same from memory, from a compiled query and for reads that are coalesced', async () => {
    const { app } = await start();
    const all = await Promise.all(Array.from({ length: 5 }, () => post(app, delivered)));
    for (let use = 0; use < 5; use++) all.push(await post(app, delivered));
    expect(new Set(all.map((headers) => headers.get('cache-control')))).toEqual(new Set(['private, max-age=3600']));
  });

  it('is no-store for a stale value', async () => {
    const { bsg, app } = await start();
    await post(app, `{ sms(id: "2") { ${STATUS} } }`);
    seconds(3);
    bsg.respond = isDown;
    expect((await post(app, `{ sms(id: "2") { ${STATUS} } }`)).get('cache-control')).toBe(NO_STORE);
  });

  it('is no-store for a failure that is not cached, such as a lack of access', async () => {
    const { bsg, app } = await start();
    bsg.respond = respondWith({ error: 2, errorDescription: 'Access denied' });
    expect((await post(app, delivered)).get('cache-control')).toBe(NO_STORE);
  });

  it('is max-age=0 for what is fetched for each request', async () => {
    const { app } = await start({ CACHE_TTL_MS: '0' });
    expect((await post(app, `{ sms(id: "2") { ${STATUS} } }`)).get('cache-control')).toBe('private, max-age=0');
  });

  it('is no-store for callers who are not authenticated, or lack the scope for what they select', async () => {
    const { app } = await start({ AUTH_TOKENS });
    const headers = { authorization: `Bearer ${TOKENS.plain}` };
    const msisdn = '{ sms(id: "1") { ... on Sms { msisdn } } }';

    expect((await post(app, delivered)).get('cache-control')).toBe(NO_STORE);
    expect((await post(app, msisdn, headers)).get('cache-control')).toBe(NO_STORE);
    expect((await post(app, delivered, headers)).get('cache-control')).toBe('private, max-age=3600');
  });

  it.each(['PUT', 'OPTIONS'])('is no-store for a request by %s that is refused', async (method) => {
    const { app } = await start();
    const response = await app.fetch('/graphql', { method });
    expect(response.headers.get('cache-control')).toBe(NO_STORE);
  });

  it.each([
    ['a subscription', 'subscription { smsUpdates(ids: ["1"]) { __typename } }', 'text/event-stream'],
    ['a query as an event stream', delivered, 'text/event-stream'],
    ['a query as multipart', delivered, 'multipart/mixed'],
  ])('is no-store, no-transform for %s, which proxies are not to buffer either', async (_, query, accept) => {
    const { app } = await start();
    const headers = await post(app, query, { accept });
    expect(headers.get('cache-control')).toBe('no-store, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });

  it('of other paths stays theirs', async () => {
    const { app } = await start();
    const page = await app.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect((await app.fetch('/health')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('ETag', () => {
  it('of a GET query stays while its body does, and If-None-Match with it is answered 304 without a body', async () => {
    const { app } = await start({ CORS_ORIGINS: 'https://shop.example' });
    const headers = { origin: 'https://shop.example' };
    const first = await get(app, delivered, headers);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(await first.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });

    seconds(2);
    const again = await get(app, delivered, { ...headers, 'if-none-match': `"other", ${etag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect(again.headers.get('cache-control')).toBe('private, max-age=3600');
    for (const name of ['etag', 'vary', 'access-control-allow-origin'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    expect(again.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect(app.requestLines()).toMatchObject([
      { status: 200, outcome: 'ok', upstreamRequests: 1 },
      { status: 304, outcome: 'ok', upstreamRequests: 0 },
    ]);
  });

  it.each(['*', 'the validator without W/'])('matches %s', async (given) => {
    const { app } = await start();
    const etag = (await get(app, delivered)).headers.get('etag') ?? '';
    const again = await get(app, delivered, { 'if-none-match': given === '*' ? given : etag.slice(2) });
    expect(again.status).toBe(304);
  });

  it('changes with the status', async () => {
    const { bsg, app } = await start();
    const pending = `{ sms(id: "2") { ${STATUS} } }`;
    const etag = (await get(app, pending)).headers.get('etag') ?? '';
    bsg.respond = knowsAll({ status: 'delivered' });
    seconds(2);

    const changed = await get(app, pending, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
    expect(await changed.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });
  });

  it('is missing where nothing may be stored, and of POST', async () => {
    const { app } = await start();
    const personal = await get(app, '{ sms(id: "1") { ... on Sms { msisdn } } }', { 'if-none-match': '*' });
    expect(personal.status).toBe(200);
    expect(personal.headers.get('etag')).toBeNull();
    expect((await post(app, delivered, { 'if-none-match': '*' })).get('etag')).toBeNull();
  });

  it('is not compared for a caller who is not authenticated', async () => {
    const { app } = await start({ AUTH_TOKENS });
    const headers = { authorization: `Bearer ${TOKENS.plain}` };
    const etag = (await get(app, delivered, headers)).headers.get('etag') ?? '';
    expect((await get(app, delivered, { ...headers, 'if-none-match': etag })).status).toBe(304);
    expect((await get(app, delivered, { 'if-none-match': etag })).status).toBe(401);
  });
});

describe('Vary', () => {
  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['without authentication', {}, 'Accept'],
    ['with authentication', { AUTH_TOKENS }, 'Accept, Authorization'],
    ['with CORS', { CORS_ORIGINS: 'https://shop.example' }, 'Origin, Accept'],
  ])('names the headers that responses depend on %s', async (_, environment, expected) => {
    const { app } = await start(environment);
    const headers = { authorization: `Bearer ${TOKENS.plain}` };
    expect((await post(app, delivered, headers)).get('vary')).toBe(expected);
    expect((await get(app, '{', headers)).headers.get('vary')).toBe(expected);
  });
});
