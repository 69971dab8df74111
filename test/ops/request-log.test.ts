import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { hangs, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen, subscribe } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const json = { 'content-type': 'application/json' };
const query = 'query Two { smsBatch(ids: ["1", "2"]) { found { id msisdn } } }';

describe('the request log', () => {
  it('has one line for each request: caller, operation, duration and costs', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    const headers = { authorization: `Bearer ${TOKENS.personal}` };
    await app.query(query, {}, headers);
    await app.query(query, {}, headers);

    const line = { caller: 'token:support', operation: { type: 'query', name: 'Two' }, status: 200, outcome: 'ok' };
    expect(app.requestLines()).toMatchObject([
      { ...line, lookups: 2, cacheHits: 0, upstreamRequests: 1 },
      { ...line, lookups: 2, cacheHits: 2, upstreamRequests: 0 },
    ]);
    for (const { durationMs } of app.requestLines()) expect(durationMs).toBeGreaterThan(0);
  });

  it('counts each attempt once, for the request that made it, not for those that share it', async () => {
    const bsg = await startFakeBsg(({ number }, response) => {
      sendJson(response, number === 1 ? {} : wireSms({ id: '1' }), number === 1 ? 500 : 200);
    });
    const app = startApp(bsg.baseUrl);
    await Promise.all([1, 2].map(() => app.query('{ sms(id: "1") { __typename } }')));
    const calls = app.requestLines().map(({ upstreamRequests }) => upstreamRequests);
    expect(calls.toSorted()).toEqual([0, 2]);
  });

  it("has the id that is returned and sent to BSG: the client's X-Request-Id, or a new one", async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    const send = (id: string, headers: Record<string, string>) =>
      app.fetch('/graphql', graphqlPost({ query: `{ sms(id: "${id}") { __typename } }` }, headers));

    const own = await send('1', { 'x-request-id': 'order-7.a:b_c' });
    expect(own.headers.get('x-request-id')).toBe('order-7.a:b_c');
    const given = (await send('2', {})).headers.get('x-request-id');
    expect(given).toMatch(/^[\da-f-]{36}$/);
    const replaced = (await send('3', { 'x-request-id': 'a b"}' })).headers.get('x-request-id');
    expect(replaced).toMatch(/^[\da-f-]{36}$/);

    const ids = ['order-7.a:b_c', given, replaced];
    expect(bsg.requests.map(({ headers }) => headers['x-request-id'])).toEqual(ids);
    expect(app.requestLines().map(({ requestId }) => requestId)).toEqual(ids);
  });

  it('has the trace id of traceparent', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await app.query('{ __typename }', {}, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
    await app.query('{ __typename }', {}, { traceparent: 'rubbish' });
    expect(app.requestLines().map((line) => line.traceId)).toEqual([traceId, null]);
  });

  it.each([
    ['with a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['for an unknown field', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'for a batch that is too large',
      { query: `{ smsBatch(ids: [${'"1",'.repeat(900)}]) { found { id } } }` },
      'BATCH_TOO_LARGE',
    ],
    [
      'for an entity that BSG rejects',
      { query: '{ _entities(representations: [{ __typename: "Sms", id: "x" }]) { __typename } }' },
      'INVALID_PARAMETERS',
    ],
  ])('has the code of the first error of a request %s', async (_, params, outcome) => {
    const app = startApp((await startFakeBsg()).baseUrl);
    await app.fetch('/graphql', graphqlPost(params));
    expect(app.requestLines()).toMatchObject([{ outcome }]);
  });

  it('has the outcome ABORTED for a request whose client disconnected', async () => {
    const bsg = await startFakeBsg(hangs);
    const app = startApp(bsg.baseUrl);
    const address = `${await listen(app.listener)}/graphql`;
    const leaving = new AbortController();
    const answer = fetch(address, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query: '{ sms(id: "1") { __typename } }' }),
      signal: leaving.signal,
    });
    await expect.poll(() => bsg.paths).toHaveLength(1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await expect.poll(() => app.requestLines()).toMatchObject([{ outcome: 'ABORTED', operation: { type: 'query' } }]);
  });

  it('has a line for a subscription once it ends', async () => {
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireSms({ id: '1', status: 'sent' })));
    const app = startApp(bsg.baseUrl);
    const query = 'subscription Listen { smsUpdates(ids: ["1"]) { __typename } }';
    const updates = subscribe(await listen(app.listener), query);
    await updates.next();
    expect(app.requestLines()).toEqual([]);
    updates.leave();
    await expect
      .poll(() => app.requestLines())
      .toMatchObject([{ outcome: 'ok', operation: { type: 'subscription', name: 'Listen' } }]);
  });

  it.each(['//graphql', '/./graphql', '/a/../graphql', '/%2e/graphql', 'http://localhost/graphql'])(
    'has a line for a request that reaches the endpoint by %s',
    async (target) => {
      const app = startApp((await startFakeBsg()).baseUrl);
      const { hostname, port } = new URL(await listen(app.listener));
      const socket = connect(Number(port), hostname);
      socket.end(`GET ${target}?query={__typename} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      const answer = await text(socket);
      await expect.poll(() => app.requestLines()).toHaveLength(answer.includes('"__typename":"Query"') ? 1 : 0);
    },
  );

  it.each(['n'.repeat(100_000), 'Phone380972000001', 'x'.repeat(65)])(
    'leaves out an operation name that no developer would give',
    async (name) => {
      const app = startApp((await startFakeBsg()).baseUrl);
      await app.query(`query ${name.slice(0, 20_000)} { __typename }`);
      expect(app.requestLines()).toMatchObject([{ operation: { type: 'query', name: null } }]);
      expect(app.log().length).toBeLessThan(10_000);
    },
  );

  it.each(['variables={"msisdn": +380972000001}', 'variables={"msisdn": 380972000001', 'extensions=[380972000001]x'])(
    'does not quote parameters that are not JSON: %s',
    async (part) => {
      const app = startApp((await startFakeBsg()).baseUrl);
      expect((await app.fetch(`/graphql?query={__typename}&${part}`)).status).toBe(200);
      expect(app.log()).not.toContain('380972');
    },
  );

  it('has the cause of a failed upstream request, which the client does not receive', async () => {
    const app = startApp('http://127.0.0.1:1', { BSG_RETRIES: '0' });
    const { data } = await app.query('{ sms(id: "1") { ... on BsgErrorDetails { message } } }');
    expect(JSON.stringify(data)).not.toContain('ECONNREFUSED');
    expect(app.log()).toMatch(/"outcome":"network".*"cause":"ECONNREFUSED"/);
    expect(app.requestLines()).toMatchObject([{ outcome: 'ok', failures: 1 }]);
  });

  it('has no more than 255 characters of a header of a refused request', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const origin = `https://${'e'.repeat(10_000)}.example`;
    await app.fetch('/graphql', { method: 'OPTIONS', headers: { origin } });
    expect(app.log()).toContain(origin.slice(0, 255));
    expect(app.log()).not.toContain(origin.slice(0, 256));
  });

  it('has no line for paths beside the endpoint', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { WEBHOOK_SECRET: 'secret_of_the_reports' });
    for (const path of ['/health', '/ready', '/metrics', '/hooks/bsg/secret_of_the_reports?id=1', '/graphql.php', '/'])
      await app.fetch(path);
    expect(app.requestLines()).toEqual([]);
  });
});
