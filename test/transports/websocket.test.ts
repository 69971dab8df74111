import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startApp, type TestApp } from '../helpers/app.ts';
import { type FakeBsg, held, knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';
import { startIssuer } from '../helpers/issuer.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';
import { openSocket } from '../helpers/socket.ts';

const ACK = { type: 'connection_ack' };
const often = { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' };
const subscription = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';
const query = '{ sms(id: "1") { ... on Sms { id } } }';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const event = (id: string, status: string) => ({ id, type: 'next', payload: { data: { smsUpdates: { status } } } });
const errorOf = (code: string) => [expect.objectContaining({ extensions: expect.objectContaining({ code }) })];

interface Server {
  readonly app: TestApp;
  readonly bsg: FakeBsg;
  readonly address: string;
}

async function start(environment: Readonly<Record<string, string>> = {}): Promise<Server> {
  const bsg = await startFakeBsg();
  const app = startApp(bsg.baseUrl, environment);
  return { app, bsg, address: await listen(app.listener, app) };
}

/** The response to a handshake that is refused. */
async function handshake(address: string, headers: Readonly<Record<string, string>>, path = '/graphql') {
  const request = httpRequest(`${address}${path}`, {
    headers: { connection: 'upgrade', upgrade: 'websocket', ...headers },
  });
  request.end();
  const [response] = await once(request, 'response');
  return { status: response.statusCode, body: await json(response) };
}

describe('a WebSocket', () => {
  it('runs queries and subscriptions side by side', async () => {
    const { address, bsg } = await start(often);
    bsg.respond = knowsAll({ status: 'sent' });
    const socket = await openSocket(address);
    expect(await socket.init()).toEqual(ACK);
    socket.send({ id: 'live', type: 'subscribe', payload: { query: subscription } });
    expect(await socket.next()).toEqual(event('live', 'SENT'));
    expect(await socket.query(query)).toEqual([{ data: { sms: { id: '1' } } }, null]);
    bsg.respond = knowsAll({ status: 'delivered' });
    expect(await socket.next()).toEqual(event('live', 'DELIVERED'));
    expect(await socket.next()).toEqual({ id: 'live', type: 'complete' });
  });

  it('answers a ping of its client', async () => {
    const socket = await openSocket((await start()).address);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
  });

  it('has a line of the request log and one observation for each operation', async () => {
    const { app, address } = await start({ AUTH_TOKENS });
    const socket = await openSocket(address);
    await socket.init(bearer(TOKENS.plain));
    await socket.query('query Found { sms(id: "1") { ... on Sms { id } } }');
    await socket.query('{ nothing }');
    await socket.query('subscription Seen { smsUpdates(ids: ["1"]) { ... on Sms { status } } }');
    expect(app.requestLines()).toMatchObject([
      {
        caller: 'token:dashboard',
        operation: { type: 'query', name: 'Found' },
        status: 200,
        outcome: 'ok',
        lookups: 1,
      },
      { operation: null, status: 400, outcome: 'GRAPHQL_VALIDATION_FAILED' },
      { operation: { type: 'subscription', name: 'Seen' }, status: 200, outcome: 'ok' },
    ]);
    expect(new Set(app.requestLines().map(({ requestId }) => requestId)).size).toBe(3);
    const metrics = await (await app.fetch('/metrics', { headers: bearer(TOKENS.plain) })).text();
    expect(metrics).toContain('count{operation="Found",type="query",outcome="ok"} 1');
  });

  it('stops polling when its client completes a subscription, or leaves', async () => {
    const { app, bsg, address } = await start(often);
    bsg.respond = knowsAll({ status: 'sent' });
    const streams = async () => /live_streams (\d+)/.exec(await (await app.fetch('/metrics')).text())?.[1];
    const socket = await openSocket(address);
    await socket.init();
    for (const id of ['a', 'b']) {
      socket.send({ id, type: 'subscribe', payload: { query: subscription } });
      expect(await socket.next()).toEqual(event(id, 'SENT'));
    }
    expect(await streams()).toBe('2');
    socket.send({ id: 'a', type: 'complete' });
    await expect.poll(streams).toBe('1');
    socket.socket.close();
    await expect.poll(streams).toBe('0');
    expect(app.requestLines().map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });
});

describe('the token of a WebSocket', () => {
  it('is in connectionParams or in the handshake, and that in connectionParams counts', async () => {
    const { address, app } = await start({ AUTH_TOKENS });
    for (const [headers, params] of [
      [{}, bearer(TOKENS.personal)],
      [{}, { Authorization: `Bearer ${TOKENS.personal}` }],
      [bearer(TOKENS.personal), undefined],
      [bearer(TOKENS.plain), bearer(TOKENS.personal)],
    ] as const) {
      const socket = await openSocket(address, headers);
      expect(await socket.init(params)).toEqual(ACK);
      await socket.query(query);
      expect(app.requestLines().at(-1)).toMatchObject({ caller: 'token:support' });
    }
  });

  it.each([
    ['missing', {}, undefined],
    ['unknown', {}, bearer('token_of_nobody_0123456789')],
    ['no text', {}, { authorization: 7 }],
    ['unknown, beside a valid one in the handshake', bearer(TOKENS.plain), bearer('token_of_nobody_0123456789')],
  ])('that is %s closes it with 4403 before it is acknowledged', async (_, headers, params) => {
    const { app, address, bsg } = await start({ AUTH_TOKENS });
    const socket = await openSocket(address, headers);
    expect(await socket.init(params)).toBeNull();
    expect(await socket.closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED' });
    expect(bsg.paths).toEqual([]);
    expect(app.requestLines()).toMatchObject([{ status: 401, outcome: 'UNAUTHENTICATED', caller: null }]);
  });

  it('that is missing is no reason to run an operation before the acknowledgement: 4401', async () => {
    for (const environment of [{}, { AUTH_TOKENS }]) {
      const { address, bsg } = await start(environment);
      const socket = await openSocket(address, bearer(TOKENS.plain));
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      expect(await socket.closed).toMatchObject({ code: 4401 });
      expect(bsg.paths).toEqual([]);
    }
  });

  it('closes it with 4403 when it expires', async () => {
    const { environment, sign } = await startIssuer();
    const { address, bsg } = await start(environment);
    bsg.respond = knowsAll({ status: 'sent' });
    const socket = await openSocket(address);
    // Half a minute after its end it is still accepted, as clocks differ.
    expect(await socket.init(bearer(await sign({}, { expiresIn: '-28s' })))).toEqual(ACK);
    socket.send({ id: 'live', type: 'subscribe', payload: { query: subscription } });
    expect(await socket.next()).toEqual(event('live', 'SENT'));
    expect(await socket.closed).toEqual({ code: 4403, reason: 'UNAUTHENTICATED' });
  });

  it('that cannot be verified for now closes it with 1013, so that its client tries again', async () => {
    const { issuer, environment, sign } = await startIssuer();
    issuer.isAway = true;
    const socket = await openSocket((await start(environment)).address);
    await socket.init(bearer(await sign()));
    expect(await socket.closed).toEqual({ code: 1013, reason: 'AUTHENTICATION_UNAVAILABLE' });
  });

  it('decides who sees personal data', async () => {
    const { address } = await start({ AUTH_TOKENS });
    const personal = '{ sms(id: "1") { ... on Sms { msisdn } } }';
    const plain = await openSocket(address);
    await plain.init(bearer(TOKENS.plain));
    expect(await plain.query(personal)).toMatchObject([{ data: { sms: { msisdn: null } } }, null]);
    const support = await openSocket(address);
    await support.init(bearer(TOKENS.personal));
    expect(await support.query(personal)).toEqual([{ data: { sms: { msisdn: '380972000001' } } }, null]);
  });
});

describe('a WebSocket of a page', () => {
  it.each([
    ['of another site', { origin: 'https://evil.example' }, {}, false],
    ['without an origin of its own', { origin: 'null' }, {}, false],
    ['of another site, whatever its token is', { origin: 'https://evil.example' }, { AUTH_TOKENS }, false],
    ['of CORS_ORIGINS', { origin: 'https://app.example' }, { CORS_ORIGINS: 'https://app.example' }, true],
    ['of any site, with CORS_ORIGINS=*', { origin: 'https://any.example' }, { CORS_ORIGINS: '*' }, true],
    ['of this server', {}, {}, true],
    [
      'of this server behind a proxy that changes Host',
      { origin: 'https://bsg.example', 'sec-fetch-site': 'same-origin' },
      {},
      true,
    ],
  ])('%s is accepted or refused as over HTTP', async (_, headers, environment, isAccepted) => {
    const { address } = await start(environment);
    const socket = await openSocket(address, { origin: address, ...headers });
    if (isAccepted) return expect(await socket.init()).toEqual(ACK);
    await socket.init(bearer(TOKENS.plain));
    expect(await socket.closed).toEqual({ code: 4403, reason: 'CROSS_SITE_REQUEST' });
  });

  it('whose name resolves to this machine is refused with 403 (DNS rebinding)', async () => {
    const { address } = await start();
    expect(await handshake(address, { host: 'evil.example' })).toMatchObject({
      status: 403,
      body: { errors: errorOf('HOST_NOT_ALLOWED') },
    });
  });
});

describe('a handshake', () => {
  it.each([
    ['at another path', '/nothing', 404, 'NOT_FOUND'],
    ['that is malformed', '/graphql', 400, 'BAD_REQUEST'],
  ])('%s is refused with a JSON body', async (_, path, status, code) => {
    const { address } = await start();
    expect(await handshake(address, {}, path)).toEqual({ status, body: { errors: errorOf(code) } });
  });

  it('beyond LIVE_MAX_STREAMS connections is refused with 503', async () => {
    const { app, address } = await start({ LIVE_MAX_STREAMS: '1' });
    await openSocket(address);
    expect(await handshake(address, {})).toMatchObject({ status: 503, body: { errors: errorOf('TOO_MANY_STREAMS') } });
    expect(app.requestLines()).toMatchObject([{ status: 503, outcome: 'TOO_MANY_STREAMS' }]);
  });

  it('for another subprotocol is closed with 4406', async () => {
    const { address } = await start();
    const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`);
    onTestFinished(() => socket.terminate());
    expect((await once(socket, 'close'))[0]).toBe(4406);
  });

  it('for another protocol (h2c) is served as HTTP/1.1, its body and the requests after it included', async () => {
    const { address } = await start();
    const { hostname, port } = new URL(address);
    const socket = connectTcp(Number(port), hostname);
    const body = JSON.stringify({ query });
    const head = `POST /graphql HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    socket.write(`${head}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n\r\n`);
    socket.write(body.slice(0, 10));
    socket.write(body.slice(10));
    socket.write(`${head}Connection: close\r\n\r\n${body}`);
    const answer = await text(socket);
    expect(answer.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect(answer.match(/\{"data":\{"sms":\{"id":"1"\}\}\}/g)).toHaveLength(2);
  });
});

describe('an operation on a WebSocket', () => {
  it.each<[string, Readonly<Record<string, string>>, string, object, string]>([
    ['that does not parse', {}, '{', {}, 'GRAPHQL_PARSE_FAILED'],
    [
      'that is too deep',
      {},
      '{ __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['that is too long', {}, `{ __typename } # ${'x'.repeat(40_000)}`, {}, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'that costs too much',
      { MAX_QUERY_COST: '1' },
      '{ smsBatch(ids: ["1", "2"]) { isFinal } }',
      {},
      'QUERY_TOO_EXPENSIVE',
    ],
    [
      'without an operation of that name',
      {},
      'query A { __typename }',
      { operationName: 'B' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['with invalid variables', {}, 'query ($id: ID!) { sms(id: $id) { __typename } }', {}, 'BAD_REQUEST'],
    ['with an id that JSON has rounded', {}, '{ __typename }', { variables: { id: 1e20 } }, 'BAD_REQUEST'],
    [
      'that explores a hidden schema',
      { INTROSPECTION: 'off' },
      '{ __schema { __typename } }',
      {},
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['of the size of no subscription', {}, `${subscription} # ${'x'.repeat(25_000)}`, {}, 'REQUEST_BODY_TOO_LARGE'],
    ['beyond LIVE_MAX_STREAMS', { LIVE_MAX_STREAMS: '0' }, subscription, {}, 'TOO_MANY_STREAMS'],
    ['of a mutation', {}, 'mutation { __typename }', {}, 'BAD_REQUEST'],
    [
      'whose document is not trusted',
      { PERSISTED_OPERATIONS: 'test/fixtures/persisted-documents.json' },
      query,
      {},
      'PERSISTED_QUERY_ONLY',
    ],
  ])('%s is refused as over HTTP', async (_, environment, text, more, code) => {
    // A connection counts as a stream as well.
    const { LIVE_MAX_STREAMS, ...rest } = environment;
    const { app, address, bsg } = await start({ ...rest, ...(LIVE_MAX_STREAMS && { LIVE_MAX_STREAMS: '1' }) });
    const socket = await openSocket(address);
    await socket.init();
    if (LIVE_MAX_STREAMS !== undefined) {
      bsg.respond = knowsAll({ status: 'sent' });
      socket.send({ id: 'first', type: 'subscribe', payload: { query: text } });
      await socket.next();
    }
    const over = await fetch(
      `${address}/graphql`,
      graphqlPost({ query: text, ...more }, { accept: 'application/graphql-response+json, text/event-stream' }),
    );
    const { errors } = JSON.parse((await over.text()).replace(/^[^{]*|\n.*$/gs, ''));
    expect(errors).toEqual(errorOf(code));
    expect(await socket.query(text, more)).toEqual([errors]);
    expect(app.requestLines().map(({ outcome }) => outcome)).toEqual([code, code]);
  });

  it('runs by the hash of a trusted document, beside an empty query', async () => {
    const { address } = await start({ PERSISTED_OPERATIONS: 'test/fixtures/persisted-documents.json' });
    const socket = await openSocket(address);
    await socket.init();
    const persistedQuery = { version: 1, sha256Hash: 'hash' };
    for (const by of [{ documentId: 'hash' }, { extensions: { persistedQuery } }])
      expect(await socket.query('', by)).toEqual([{ data: { __typename: 'Query' } }, null]);
  });

  it('is charged to the rate limit of its caller', async () => {
    const { address, app } = await start({ RATE_LIMIT: '2' });
    const socket = await openSocket(address);
    await socket.init();
    expect(await socket.query(query)).toMatchObject([{ data: {} }, null]);
    expect(await socket.query('{ nothing }')).toEqual([errorOf('GRAPHQL_VALIDATION_FAILED')]);
    expect(await socket.query(query)).toEqual([errorOf('TOO_MANY_REQUESTS')]);
    const overHttp = await fetch(`${address}/graphql`, graphqlPost({ query }));
    expect(overHttp.status).toBe(429);
    expect(app.requestLines().map(({ status }) => status)).toEqual([200, 400, 429, 429]);
  });

  it('beyond a thousand at once on one connection is refused', async () => {
    const { address, bsg } = await start();
    bsg.respond = held().respond;
    const socket = await openSocket(address);
    await socket.init();
    for (let id = 1; id <= 1_000; id++) socket.send({ id: `${id}`, type: 'subscribe', payload: { query } });
    expect(await socket.query(query)).toEqual([errorOf('TOO_MANY_OPERATIONS')]);
  });
});

describe('a WebSocket is closed', () => {
  it('with 1013 when the rate limit of its caller is used up', async () => {
    const { address } = await start({ RATE_LIMIT: '1' });
    await fetch(`${address}/graphql`, graphqlPost({ query }));
    const socket = await openSocket(address);
    await socket.init();
    expect(await socket.closed).toEqual({ code: 1013, reason: 'TOO_MANY_REQUESTS' });
  });

  it('with 1009 when a message is longer than a body may be', async () => {
    const socket = await openSocket((await start()).address);
    await socket.init();
    socket.send(' '.repeat(512 * 1024 + 1));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it('with 4400 when a message is not one of the protocol', async () => {
    const socket = await openSocket((await start()).address);
    socket.send('{"type":"start"}');
    expect(await socket.closed).toMatchObject({ code: 4400 });
  });

  it('with 4408 when its client sends no connection_init within 3 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { address } = await start();
    const socket = await openSocket(address);
    vi.advanceTimersByTime(3_000);
    expect(await socket.closed).toMatchObject({ code: 4408 });
  });

  it('when its client answers no ping within 12 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { address } = await start();
    const [silent, alive] = [await openSocket(address, {}, { autoPong: false }), await openSocket(address)];
    await Promise.all([silent.init(), alive.init()]);
    vi.advanceTimersByTime(12_000);
    await once(alive.socket, 'ping');
    // The pong has arrived by the time of the next message.
    expect(await alive.query(query)).toHaveLength(2);
    vi.advanceTimersByTime(12_000);
    expect(await silent.closed).toMatchObject({ code: 1006 });
    expect(await alive.query(query)).toHaveLength(2);
  });

  it('with 1001 at shutdown, once its queries are answered, and its client subscribes elsewhere', async () => {
    const { app, address, bsg } = await start(often);
    const other = await start(often);
    bsg.respond = knowsAll({ status: 'sent' });
    other.bsg.respond = knowsAll({ status: 'delivered' });

    const client = createClient({
      url: () => `${(isDown ? other.address : address).replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryWait: async () => {},
    });
    onTestFinished(() => void client.dispose());
    let isDown = false;
    const events = client.iterate<{ smsUpdates: { status: string } }>({ query: subscription });
    const nextStatus = async () => (await events.next()).value?.data?.smsUpdates.status;
    expect(await nextStatus()).toBe('SENT');

    const busy = await openSocket(address);
    await busy.init();
    const { respond, release } = held(knowsAll());
    bsg.respond = respond;
    const answer = busy.query('{ sms(id: "2") { ... on Sms { id } } }');
    await expect.poll(() => bsg.paths).toContain('/sms/2');

    isDown = true;
    app.endStreams();
    expect(await nextStatus()).toBe('DELIVERED');
    release();
    expect(await answer).toEqual([{ data: { sms: { id: '2' } } }, null]);
    app.endStreams();
    expect(await busy.closed).toEqual({ code: 1001, reason: 'Going away' });
  });
});
