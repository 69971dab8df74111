import { type RequestListener, request } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { startAppOnSandbox } from '../helpers/app.ts';
import { graphqlPost, listen } from '../helpers/http.ts';

const query = JSON.stringify({ query: '{ __typename }' });

/** Posts with exactly these headers; `fetch` would not let a test choose them. */
async function post(address: string, headers: Record<string, string>, body: string | Uint8Array) {
  const call = request(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  const answered = new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    call.once('error', reject).once('response', (response) => {
      json(response).then((parsed) => resolve({ status: response.statusCode, body: parsed }), reject);
    });
  });
  call.end(body);
  return answered;
}

const refusal = (code: string) => ({ errors: [{ message: expect.stringMatching(/\S/), extensions: { code } }] });

it('a body of half a mebibyte is accepted, a byte more is 413', async () => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);
  const padded = (bytes: number) => query + ' '.repeat(bytes - query.length);

  const whole = padded(512 * 1024);
  expect(await post(address, { 'content-length': String(whole.length) }, whole)).toMatchObject({
    status: 200,
    body: { data: { __typename: 'Query' } },
  });
  expect(await post(address, { 'content-length': String(whole.length + 1) }, `${whole} `)).toEqual({
    status: 413,
    body: refusal('REQUEST_BODY_TOO_LARGE'),
  });
});

it('a chunked body is read up to the same limit', async () => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);
  const chunked = { 'transfer-encoding': 'chunked' };

  expect(await post(address, chunked, query)).toEqual({ status: 200, body: { data: { __typename: 'Query' } } });
  expect(await post(address, chunked, query.padEnd(512 * 1024))).toMatchObject({ status: 200 });
  expect(await post(address, chunked, query.padEnd(512 * 1024 + 1))).toEqual({
    status: 413,
    body: refusal('REQUEST_BODY_TOO_LARGE'),
  });
});

it('a body with neither a length nor chunks is empty, and so no query', async () => {
  const { app } = await startAppOnSandbox();
  const response = await fetch(`${await listen(app.listener)}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
});

it.each(['gzip', 'GZIP', 'x-gzip', 'identity'])('a body with Content-Encoding %s is read', async (encoding) => {
  const { app } = await startAppOnSandbox();
  const body = encoding === 'identity' ? query : gzipSync(query);
  for (const length of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }])
    expect(await post(await listen(app.listener), { 'content-encoding': encoding, ...length }, body)).toEqual({
      status: 200,
      body: { data: { __typename: 'Query' } },
    });
});

it('a compressed body is inflated up to the limit: a byte more is 413, as is a bomb', async () => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);
  const send = (text: string) => post(address, { 'content-encoding': 'gzip' }, gzipSync(text));
  expect(await send(query.padEnd(512 * 1024))).toMatchObject({ status: 200 });
  const tooLarge = { status: 413, body: refusal('REQUEST_BODY_TOO_LARGE') };
  expect(await send(query.padEnd(512 * 1024 + 1))).toEqual(tooLarge);
  expect(await send(query.padEnd(64 * 1024 * 1024))).toEqual(tooLarge);
});

it.each([
  ['that is no gzip', Buffer.from(query)],
  ['of gzip that is cut off', gzipSync(query).subarray(0, -9)],
  ['that is empty', Buffer.alloc(0)],
])('a compressed body %s is 400', async (_, body) => {
  const { app } = await startAppOnSandbox();
  expect(await post(await listen(app.listener), { 'content-encoding': 'gzip' }, body)).toEqual({
    status: 400,
    body: refusal('BAD_REQUEST'),
  });
});

it.each(['br', 'deflate', 'gzip, gzip', 'secret_of_nobody'])(
  'a body with Content-Encoding %s is 415, which is not repeated to the client',
  async (encoding) => {
    const { app } = await startAppOnSandbox();
    const response = await fetch(
      `${await listen(app.listener)}/graphql`,
      graphqlPost(query, { 'content-encoding': encoding }),
    );
    expect(response.status).toBe(415);
    expect(response.headers.get('accept-encoding')).toBe('gzip');
    expect(await response.json()).toEqual(refusal('UNSUPPORTED_CONTENT_ENCODING'));
    expect(JSON.stringify([...response.headers])).not.toContain(encoding === 'gzip, gzip' ? encoding : `"${encoding}"`);
  },
);

/** The whole response to a query with this `Host`. */
async function requestAs(host: string, listener: RequestListener): Promise<string> {
  const { hostname, port } = new URL(await listen(listener));
  const socket = connect(Number(port), hostname);
  socket.end(`GET /graphql?query={__typename} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return text(socket);
}

it.each(['[', 'a b%', 'x:99999999', 'localhost/metrics?', 'user@localhost', ''])(
  'a request with the malformed Host %j is 400',
  async (host) => {
    const { app } = await startAppOnSandbox();
    const answer = await requestAs(host, app.listener);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  },
);

it('a subscription with MAX_BATCH_SIZE keys is accepted, and one with a longer query is 413, compressed or not', async () => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);
  const ids = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(20, '0'));
  const body = (padding: string) =>
    JSON.stringify({
      query: `subscription ($ids: [ID!]) { smsUpdates(ids: $ids) { __typename } } # ${padding}`,
      variables: { ids },
    });
  const subscribe = (text: string) => fetch(`${address}/graphql`, graphqlPost(text, { accept: 'text/event-stream' }));
  expect((await subscribe(body(''))).status).toBe(200);
  const refused = await subscribe(body('x'.repeat(20_000)));
  expect(refused.status).toBe(413);
  expect(await refused.text()).toContain('REQUEST_BODY_TOO_LARGE');
  const compressed = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', accept: 'text/event-stream' },
    body: gzipSync(body('x'.repeat(20_000))),
  });
  expect(compressed.status).toBe(413);
});

it('an HTTP/1.0 request without a Host is answered', async () => {
  const { app } = await startAppOnSandbox();
  const { hostname, port } = new URL(await listen(app.listener));
  const socket = connect(Number(port), hostname);
  socket.end('GET /health HTTP/1.0\r\n\r\n');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 /);
});

it('a query in the URL needs no Content-Length', async () => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);
  const response = await fetch(`${address}/graphql?query={__typename}`);
  expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
});

it.each(['evil.example', '10.0.0.1:4000'])(
  'a page whose name %s resolves to this machine is refused (DNS rebinding)',
  async (host) => {
    const local = await startAppOnSandbox();
    expect(await requestAs(host, local.app.listener)).toMatch(/^HTTP\/1.1 403 .*AUTH=none.*"code":"HOST_NOT_ALLOWED"/s);
    const said = await startAppOnSandbox({ AUTH: 'none' });
    expect(await requestAs(host, said.app.listener)).toMatch(/^HTTP\/1.1 200 /);
  },
);

it.each(['localhost:4000', '127.0.0.1', '[::1]:4000'])('requests may name this machine %s', async (host) => {
  const { app } = await startAppOnSandbox();
  expect(await requestAs(host, app.listener)).toMatch(/^HTTP\/1.1 200 /);
});
