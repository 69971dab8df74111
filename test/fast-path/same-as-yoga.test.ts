import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { fakeClock } from '../helpers/clock.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';
import { startTwins } from '../helpers/twins.ts';

beforeEach(fakeClock);

async function start(environment: Readonly<Record<string, string>> = {}) {
  const sandbox = await startSandbox({ port: 0 });
  onTestFinished(sandbox.close);
  return startTwins(sandbox.baseUrl, { BSG_API_KEY: 'live_test_key', CORS_ORIGINS: ORIGIN, ...environment });
}

const ORIGIN = 'https://app.example.com';
const json = { 'content-type': 'application/json' };
const post = (params: object, headers: Readonly<Record<string, string>> = {}) => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body: JSON.stringify(params),
});
const get = (query: string, headers: Readonly<Record<string, string>> = {}) => ({
  path: `/graphql?query=${encodeURIComponent(query)}`,
  headers,
});

const queries = EXAMPLES.filter(({ query }) => !/^subscription/m.test(query)).map(
  ({ query, variables = '{}' }) =>
    [/query (\w+)/.exec(query)?.[1] ?? '', query, JSON.parse(variables) as object] as const,
);

const delivered = '{ sms(id: "211") { ... on Sms { id status price } } }';
const phone = '{ sms(id: "211") { ... on Sms { id msisdn } } }';

/** Sends the request until its statuses are in memory, its response is stored, and served. */
async function sendThrice(twins: Awaited<ReturnType<typeof start>>, request: Parameters<typeof twins.send>[0]) {
  await twins.send(request);
  await twins.send(request);
  const before = await twins.storedHits();
  const response = await twins.send(request);
  return { ...response, isHit: (await twins.storedHits()) > before };
}

describe("a stored response is the same as Yoga's", () => {
  it.each(queries)('for the documented query %s', async (_, query, variables) => {
    const twins = await start();
    for (const accept of ['application/json', 'application/graphql-response+json', '*/*', '']) {
      const headers = accept === '' ? {} : { accept };
      await sendThrice(twins, post({ query, variables }, headers));
      await sendThrice(twins, {
        ...get(query, headers),
        path: `/graphql?query=${encodeURIComponent(query)}&variables=${encodeURIComponent(JSON.stringify(variables))}`,
      });
    }
  });

  it.each([
    ['a query', post({ query: delivered })],
    ['a query with a name', post({ query: `query A ${delivered} query B { __typename }`, operationName: 'A' })],
    [
      'a query with variables',
      post({ query: 'query ($id: ID!) { sms(id: $id) { __typename } }', variables: { id: '211' } }),
    ],
    ['a GET', get(delivered)],
    [
      'a message that does not exist',
      post({ query: '{ sms(id: "9020") { ... on BsgErrorDetails { code subject } } }' }),
    ],
    ['a malformed id', post({ query: '{ sms(id: "x") { ... on BsgErrorDetails { code } } }' })],
    [
      'a batch',
      post({
        query:
          '{ smsBatch(ids: ["211", "0211", "301", "x"], references: ["ext_id_19"]) { found { id } errors { __typename } } }',
      }),
    ],
    ['introspection', post({ query: '{ __schema { types { name description } } }' })],
    ['the subgraph schema', post({ query: '{ _service { sdl } }' })],
    [
      'text beyond ASCII',
      post({ query: '{ smsByReference(reference: "📨 ☎ ü") { ... on BsgErrorDetails { subject } } }' }),
    ],
    [
      'unpaired surrogates',
      {
        ...post({}),
        body: `{"query":"query ($r: String!) { smsByReference(reference: $r) { ... on BsgErrorDetails { subject } } }","variables":{"r":"\\ud800"}}`,
      },
    ],
    ['an allowed origin', post({ query: delivered }, { origin: ORIGIN })],
    ['an allowed origin by GET', get(delivered, { origin: ORIGIN, 'sec-fetch-site': 'cross-site' })],
    ['another origin', post({ query: delivered }, { origin: 'https://other.example.com' })],
    ['headers of a preflight', post({ query: delivered }, { origin: ORIGIN, 'access-control-request-headers': 'x-a' })],
    [
      'a content type with a charset',
      post({ query: delivered }, { 'content-type': 'application/json; charset=utf-8' }),
    ],
    ['a body that is a query', { ...post({}, { 'content-type': 'application/graphql' }), body: delivered }],
    ['a closed connection', post({ query: delivered }, { connection: 'close' })],
  ])('for %s, and is a hit', async (_, request) => {
    expect(await sendThrice(await start(), request)).toMatchObject({ status: 200, isHit: true });
  });

  it.each([
    ['a syntax error', post({ query: '{' })],
    ['an unknown field', post({ query: '{ nothing }' })],
    ['an invalid variable', post({ query: 'query ($id: ID!) { sms(id: $id) { __typename } }', variables: { id: {} } })],
    ['an unknown operation', post({ query: 'query A { __typename } query B { __typename }', operationName: 'C' })],
    ['a batch that is too large', post({ query: '{ smsBatch(ids: ["1", "2", "3"]) { isFinal } }' })],
    [
      'a query that is too expensive',
      post({ query: '{ campaigns(taskIds: ["1", "2", "3", "4", "5"]) { __typename } }' }),
    ],
    ['an unavailable message', post({ query: '{ sms(id: "9429") { ... on BsgErrorDetails { code } } }' })],
    ['a mutation', post({ query: 'mutation { __typename }' })],
    ['a body that is no JSON', { ...post({}), body: '{"query"' }],
    ['an empty body', { ...post({}), body: '' }],
    ['a form', post({ query: delivered }, { 'content-type': 'application/x-www-form-urlencoded' })],
    ['an unsupported media type', post({ query: delivered }, { 'content-type': 'text/plain' })],
    ['no content type', { method: 'POST', body: JSON.stringify({ query: delivered }) }],
    ['an unacceptable media type', post({ query: delivered }, { accept: 'image/png' })],
    ['an event stream', post({ query: delivered }, { accept: 'text/event-stream' })],
    [
      'a subscription to a final message',
      post({ query: 'subscription { smsUpdates(ids: ["211"]) { __typename } }' }, { accept: 'text/event-stream' }),
    ],
    ['a header beyond ASCII', post({ query: delivered }, { origin: ORIGIN, 'access-control-request-headers': 'ÿ' })],
    ['a cross-site GET', get(delivered, { 'sec-fetch-site': 'cross-site' })],
    ['an invalid host', post({ query: delivered }, { host: 'a b' })],
    ['another host', post({ query: delivered }, { host: 'evil.example' })],
    ['a body that is too large', post({ query: delivered + ' '.repeat(600_000) })],
    ['HEAD', { ...get(delivered), method: 'HEAD' }],
    ['PUT', { ...post({ query: delivered }), method: 'PUT' }],
    ['OPTIONS', { ...get(delivered), method: 'OPTIONS', headers: { origin: ORIGIN } }],
    ['a browser', get(delivered, { accept: 'text/html' })],
    ['a path below', { ...post({ query: delivered }), path: '/graphql/x' }],
    ['a path that ends in a slash', { ...post({ query: delivered }), path: '/graphql/' }],
    ['the health check', { path: '/health' }],
  ])('for %s, which is never a hit', async (_, request) => {
    const twins = await start({ MAX_BATCH_SIZE: '2', MAX_QUERY_COST: '4', INTROSPECTION: 'off' });
    expect(await sendThrice(twins, request)).toMatchObject({ isHit: false });
  });

  it('for If-None-Match', async () => {
    const twins = await start();
    const { headers } = await twins.send(get(delivered));
    const etag = Object.fromEntries(headers)['etag'] ?? '';
    for (const value of [etag, etag.replace('W/', ''), `"a", ${etag}`, '*'])
      expect(await sendThrice(twins, get(delivered, { 'if-none-match': value }))).toMatchObject({
        status: 304,
        isHit: true,
      });
    expect(await sendThrice(twins, get(delivered, { 'if-none-match': '"a"' }))).toMatchObject({
      status: 200,
      isHit: true,
    });
    expect(await sendThrice(twins, post({ query: delivered }, { 'if-none-match': '*' }))).toMatchObject({
      status: 200,
    });
  });

  it('for each scope, missing and wrong tokens: no caller gets what another one may see', async () => {
    const twins = await start({ AUTH_TOKENS });
    const as = (token: string) => post({ query: phone }, { authorization: `Bearer ${token}` });
    for (let round = 1; round <= 3; round++) {
      expect((await twins.send(as(TOKENS.personal))).body).toContain('"msisdn":"38');
      expect((await twins.send(as(TOKENS.plain))).body).toContain('"msisdn":null');
      expect(await twins.send(as('wrong'))).toMatchObject({ status: 401 });
      expect(await twins.send(post({ query: phone }))).toMatchObject({ status: 401 });
    }
  });
});
