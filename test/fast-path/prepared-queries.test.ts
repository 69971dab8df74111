import fc from 'fast-check';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';
import { randomRequests } from '../helpers/random-requests.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';
import { recordSpans } from '../helpers/spans.ts';
import { exchange, expectSameRecords, hitsOf, type RawRequest, startTwins, type Twins } from '../helpers/twins.ts';

const ORIGIN = 'https://app.example.com';
const post = (params: object, headers: Readonly<Record<string, string>> = {}): RawRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(params),
});
const raw = (body: string): RawRequest => ({ ...post({}), body });

/** A query is compiled when it comes for the third time, and prepared with the response to that. */
const USES_TO_PREPARE = 3;

const ONE = 'query One($id: ID!) { sms(id: $id) { ... on Sms { id status } ... on BsgErrorDetails { code subject } } }';
const PHONE = 'query ($id: ID!) { sms(id: $id) { ... on Sms { id msisdn } } }';
const BATCH = 'query ($ids: [ID!]) { smsBatch(ids: $ids) { results { __typename ... on Sms { id } } } }';
const ENTITIES = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Sms { status } } }';
const FLAG = 'query ($id: ID!, $a: Boolean!) { sms(id: $id) { __typename ... on Sms { id status @include(if: $a) } } }';
const one = (id: unknown) => post({ query: ONE, variables: { id } });

const withExtensions = (json: string) =>
  `{"query":${JSON.stringify(ONE)},"variables":{"id":"211"},"extensions":${json}}`;

/** JSON within the limits of a body, and deeper than the stack. */
const NESTED = '['.repeat(10_000) + ']'.repeat(10_000);
const deep = (name: string) => `{"query":${JSON.stringify(ONE)},"variables":{"id":"211"},"${name}":{"id":${NESTED}}}`;

beforeEach(fakeClock);

/** Twins whose responses are not stored, so that a request can be repeated. */
async function start(environment: Readonly<Record<string, string>> = {}): Promise<Twins> {
  const sandbox = await startSandbox({ port: 0 });
  onTestFinished(sandbox.close);
  return startTwins(sandbox.baseUrl, {
    BSG_API_KEY: 'live_test_key',
    CORS_ORIGINS: ORIGIN,
    RESPONSE_CACHE_BYTES: '0',
    BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
    ...environment,
  });
}

/** Sends a request until its query is prepared. */
async function prepare(twins: Twins, request: RawRequest): Promise<void> {
  for (let use = 1; use <= USES_TO_PREPARE; use++) await twins.send(request);
}

/** Sends a request once more, and returns the response, and whether its query was prepared. */
async function sendPrepared(twins: Twins, request: RawRequest) {
  const before = await twins.preparedHits();
  const response = await twins.send(request);
  return { ...response, isPrepared: (await twins.preparedHits()) > before };
}

describe('a prepared query is answered as Yoga does', () => {
  it.each([
    ['with variables', one('211')],
    ['without', post({ query: '{ sms(id: "211") { ... on Sms { id } } }' })],
    ['with a name', post({ query: `${ONE} query B { __typename }`, operationName: 'One', variables: { id: '211' } })],
    ['of a message that does not exist', one('9020')],
    ['of an unavailable message', one('9429')],
    ['with a malformed id', one('x')],
    ['with an id as a number', one(211)],
    ['of a batch', post({ query: BATCH, variables: { ids: ['211', '0211', 'x', '404404'] } })],
    ['of campaigns', post({ query: '{ campaigns(taskIds: ["5001"]) { ... on Campaign { taskId sent } } }' })],
    ['of entities', post({ query: ENTITIES, variables: { r: [{ __typename: 'Sms', id: '211' }] } })],
    ['with a flag', post({ query: FLAG, variables: { id: '211', a: true } })],
    ['with text beyond ASCII', post({ query: ONE, variables: { id: '📨 ☎ ü' } })],
    ['with unpaired surrogates', raw(`{"query":${JSON.stringify(ONE)},"variables":{"id":"\\ud800"}}`)],
    ['with a parameter twice', raw(`{"query":"{","query":${JSON.stringify(ONE)},"variables":{"id":"211"}}`)],
    ['with unknown parameters', post({ query: ONE, variables: { id: '211' }, more: 1 })],
    ['with undeclared variables', raw(`{"query":${JSON.stringify(ONE)},"variables":{"id":"211","x":1,"__proto__":2}}`)],
    ['with extensions', post({ query: ONE, variables: { id: '211' }, extensions: { a: 1 } })],
    ['for an allowed origin', { ...one('211'), headers: { 'content-type': 'application/json', origin: ORIGIN } }],
    [
      'for another media type',
      {
        ...one('211'),
        headers: { 'content-type': 'application/graphql+json', accept: 'application/graphql-response+json' },
      },
    ],
    [
      'on a connection that closes',
      { ...one('211'), headers: { 'content-type': 'application/json', connection: 'close' } },
    ],
  ])('%s', async (_, request) => {
    const twins = await start();
    await prepare(twins, request);
    expect(await sendPrepared(twins, request)).toMatchObject({ status: 200, isPrepared: true });
    await expectSameRecords(twins, USES_TO_PREPARE + 1);
  });

  it.each([
    ['no variable', post({ query: ONE })],
    ['a variable of the wrong type', one({})],
    ['an id that has lost digits', raw(`{"query":${JSON.stringify(ONE)},"variables":{"id":12345678901234567890}}`)],
    ['variables that are a list', post({ query: ONE, variables: ['211'] })],
    ['variables that are a text', post({ query: ONE, variables: '{"id":"211"}' })],
    ['a name that is none', post({ query: ONE, operationName: 5, variables: { id: '211' } })],
    ['the name of no operation', post({ query: ONE, operationName: 'Two', variables: { id: '211' } })],
    ['a list of requests', raw(`[{"query":${JSON.stringify(ONE)},"variables":{"id":"211"}}]`)],
    ['what is no JSON', raw(`{"query":${JSON.stringify(ONE)},`)],
    ['a byte order mark', raw(`\ufeff${one('211').body}`)],
    ['an unknown document', post({ documentId: 'sha256:00', variables: { id: '211' } })],
    [
      'an unknown hash beside the query',
      post({ query: ONE, variables: { id: '211' }, extensions: { persistedQuery: { version: 1, sha256Hash: '00' } } }),
    ],
    ['extensions that are a number', raw(withExtensions('1e400'))],
    ['extensions that are a list', raw(withExtensions('[]'))],
    ['numbers that JSON writes as null', raw(withExtensions('{"persistedQuery":{"version":1,"sha256Hash":1e400}}'))],
    ['a query that JSON writes as null', raw('{"query":1e400}')],
    ['extensions that are nested deeper than the stack', raw(deep('extensions'))],
    ['variables that are nested deeper than the stack', raw(deep('variables'))],
    ['a query that is nested deeper than the stack', raw(`{"query":${NESTED}}`)],
    [
      'an event stream',
      { ...one('211'), headers: { 'content-type': 'application/json', accept: 'text/event-stream' } },
    ],
    [
      'no media type that it has',
      { ...one('211'), headers: { 'content-type': 'application/json', accept: 'image/png' } },
    ],
    ['a form', { ...one('211'), headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    [
      'a cross-site origin',
      { ...one('211'), headers: { 'content-type': 'application/json', origin: 'https://evil.example' } },
    ],
  ])('where a request has or wants %s', async (_, request) => {
    const twins = await start();
    await prepare(twins, one('211'));
    for (let i = 1; i <= 2; i++) await twins.send(request);
    await expectSameRecords(twins, USES_TO_PREPARE + 2);
  });

  it('for each set of values of its flags, which are compiled on their own', async () => {
    const twins = await start();
    const flag = (a: unknown) => post({ query: FLAG, variables: { id: '211', a } });
    await prepare(twins, flag(true));
    for (const a of [false, true, false, null, false, true, 'x', false]) await twins.send(flag(a));
    // All but the first, after which the document is prepared; those without a boolean too.
    expect(await twins.preparedHits()).toBe(8);
  });

  it('whatever is selected', async () => {
    const twins = await start();
    const before = await twins.preparedHits();
    await fc.assert(
      fc.asyncProperty(randomRequests, async ({ query, variables }) => {
        for (let use = 1; use <= USES_TO_PREPARE + 1; use++) await twins.send(post({ query, variables }));
      }),
      { numRuns: 40 },
    );
    expect(await twins.preparedHits()).toBeGreaterThan(before + 10);
  });
});

describe('a prepared query whose result has errors runs once', () => {
  const entity = (id: string) => ({ r: [{ __typename: 'Sms', id }] });

  it.each([
    ['a batch that is too large', BATCH, { ids: ['211'] }, { ids: ['211', '304', '305'] }],
    ['an entity that does not exist', ENTITIES, entity('211'), entity('404404')],
  ])('for %s', async (_, query, known, failing) => {
    const twins = await start({ RATE_LIMIT: '20', MAX_BATCH_SIZE: '2' });
    await prepare(twins, post({ query, variables: known }));
    const response = await sendPrepared(twins, post({ query, variables: failing }));
    expect(response).toMatchObject({ isPrepared: true, body: expect.stringContaining('"errors"') });
    await expectSameRecords(twins, USES_TO_PREPARE + 1);
  });
});

describe('a prepared query', () => {
  it('is refused beyond the limits of cost and rate like any other', async () => {
    const twins = await start({ RATE_LIMIT: '8', MAX_QUERY_COST: '2' });
    const batch = (...ids: string[]) => post({ query: BATCH, variables: { ids } });
    await prepare(twins, batch('211'));
    expect(await sendPrepared(twins, batch('211', '304', '305'))).toMatchObject({ status: 400, isPrepared: true });
    expect(await sendPrepared(twins, batch('211', '304'))).toMatchObject({ status: 200, isPrepared: true });
    expect(await sendPrepared(twins, batch('211', '304'))).toMatchObject({ status: 200, isPrepared: true });
    for (let i = 1; i <= 2; i++) expect(await twins.send(batch('211', '304'))).toMatchObject({ status: 429 });
    await expectSameRecords(twins, USES_TO_PREPARE + 5);
  });

  it('stays apart by what its callers may see', async () => {
    const twins = await start({ AUTH_TOKENS });
    const as = (token: string, id: string) =>
      post({ query: PHONE, variables: { id } }, { authorization: `Bearer ${token}` });
    for (let use = 1; use <= USES_TO_PREPARE; use++) await twins.send(as(TOKENS.personal, '211'));
    expect((await sendPrepared(twins, as(TOKENS.personal, '304'))).body).toContain('"msisdn":"38');
    expect((await twins.send(as(TOKENS.plain, '304'))).body).toContain('"msisdn":null');
    expect(await twins.send(as('wrong', '304'))).toMatchObject({ status: 401 });
    expect(await twins.send(post({ query: PHONE, variables: { id: '304' } }))).toMatchObject({ status: 401 });
  });

  it('is stored with its response where that came from memory', async () => {
    const twins = await start({ RESPONSE_CACHE_BYTES: '1000000' });
    await twins.send(one('304'));
    await prepare(twins, one('211'));
    const before = await twins.storedHits();
    expect(await sendPrepared(twins, one('304'))).toMatchObject({ isPrepared: true });
    expect(await twins.storedHits()).toBe(before);
    expect(await sendPrepared(twins, one('304'))).toMatchObject({ isPrepared: false });
    expect(await twins.storedHits()).toBe(before + 1);
  });

  it('has the spans of any other where an SDK records them', async () => {
    const exporter = recordSpans();
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { MAX_BATCH_SIZE: '1' });
    const address = await listen(app.listener);
    const spansOf = async (...ids: string[]) => {
      exporter.reset();
      await exchange(address, post({ query: BATCH, variables: { ids } }));
      const spans = exporter.getFinishedSpans();
      return spans.map(({ name, kind, attributes, status }) => ({ name, kind, attributes, status }));
    };
    const cold = await spansOf('1');
    const failed = await spansOf('1', '2');
    await spansOf('1');
    expect(await hitsOf(app, 'prepared_query')).toBe(0);
    expect(await spansOf('2')).toEqual(cold);
    expect(await hitsOf(app, 'prepared_query')).toBe(1);
    expect(await spansOf('1', '2')).toEqual(failed);
    expect(await hitsOf(app, 'prepared_query')).toBe(2);
  });

  it('stays prepared for as long as it is used, however many others come', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RESPONSE_CACHE_BYTES: '0' });
    const address = await listen(app.listener);
    for (let use = 1; use <= USES_TO_PREPARE; use++) await exchange(address, one('1'));
    for (let other = 1; other <= 2_500; other++) {
      await app.query(`{ a${other}: __typename }`);
      if (other % 100 === 0) await exchange(address, one('1'));
    }
    expect(await hitsOf(app, 'prepared_query')).toBe(25);
  });

  it('is over when its client leaves, and is fetched for the next', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    const address = await listen(app.listener);
    const send = (id: string, signal: AbortSignal | null = null) =>
      fetch(`${address}/graphql`, { ...post({ query: ONE, variables: { id } }), signal } as RequestInit);
    for (let use = 1; use <= USES_TO_PREPARE; use++) await (await send('1')).text();
    const held: (() => void)[] = [];
    bsg.respond = (request, response) => held.push(() => knowsAll()(request, response));
    bsg.forgetRequests();
    const leaving = new AbortController();
    const left = send('2', leaving.signal).catch(() => 'left');
    await bsg.received(1);
    leaving.abort();
    expect(await left).toBe('left');
    await expect.poll(() => app.requestLines().at(-1)).toMatchObject({ outcome: 'ABORTED' });
    for (const respond of held) respond();
    expect(await (await send('2')).text()).toContain('"id":"2"');
    expect(app.log()).not.toContain('"level":50');
  });
});
