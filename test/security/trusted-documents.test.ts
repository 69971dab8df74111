import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { createPersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { addTypenameToDocument } from '@apollo/client/utilities';
import { parse, print } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';
import { hitsOf } from '../helpers/twins.ts';

const known = 'query Known($id: ID!) { sms(id: $id) { ... on Sms { id } } }';
const hash = createHash('sha256').update(known).digest('hex');
const answer = { data: { sms: { id: '1' } } };

async function start(mode: Record<string, string> = {}, manifest: object = { [hash]: known }): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify(manifest));
  return startApp((await startFakeBsg()).baseUrl, { PERSISTED_OPERATIONS: path, ...mode });
}

async function send(app: TestApp, params: object) {
  const response = await app.fetch(
    '/graphql',
    graphqlPost({ variables: { id: '1' }, ...params }, { accept: 'application/graphql-response+json' }),
  );
  return { status: response.status, ...(await response.json()) };
}

describe('a trusted document', () => {
  it.each([
    ['documentId', { documentId: hash }],
    ['documentId with the name of the digest', { documentId: `sha256:${hash}` }],
    ['the extension of Apollo clients', { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }],
  ])('runs by its hash alone, sent as %s', async (_, params) => {
    const app = await start();
    for (let use = 1; use <= 4; use++) expect(await send(app, params)).toEqual({ status: 200, ...answer });
    expect(app.requestLines()[0]?.operation).toEqual({ type: 'query', name: 'Known' });
  });

  it('runs by the MD5 of relay-compiler, sent as documentId', async () => {
    const md5 = createHash('md5').update(known).digest('hex');
    const app = await start({}, { [md5]: known });
    expect(await send(app, { documentId: md5, id: md5 })).toEqual({ status: 200, ...answer });
  });

  it('runs from a manifest whose keys name their digest', async () => {
    const app = await start({}, { [`sha256:${hash}`]: known });
    expect(await send(app, { documentId: hash })).toEqual({ status: 200, ...answer });
    expect(await send(app, { documentId: `sha256:${hash}` })).toEqual({ status: 200, ...answer });
  });

  it('is prepared by its hash, and by nothing else', async () => {
    const app = await start({ PERSISTED_OPERATIONS_MODE: 'only' });
    const address = await listen(app.listener);
    const post = async (params: object, id: string) => {
      const response = await fetch(`${address}/graphql`, graphqlPost({ ...params, variables: { id } }));
      return response.json();
    };
    for (const id of ['1', '2', '3', '4'])
      expect(await post({ documentId: hash }, id)).toEqual({ data: { sms: { id } } });
    expect(await hitsOf(app, 'prepared_query')).toBe(1);
    for (const params of [
      { query: known },
      { query: known, documentId: hash },
      { query: 1, documentId: hash },
      { documentId: 'x' },
    ])
      expect(await post(params, '4')).toEqual({ errors: [expect.anything()] });
  });

  it('runs by its hash in the URL', async () => {
    const app = await start();
    const response = await app.fetch(`/graphql?documentId=${hash}&variables=${encodeURIComponent('{"id":"1"}')}`);
    expect(await response.json()).toEqual(answer);
  });
});

describe('an operation that is not trusted', () => {
  it.each([
    ['as text', { query: '{ __typename }' }, 'PERSISTED_QUERY_ONLY'],
    ['as the text of a trusted document', { query: known }, 'PERSISTED_QUERY_ONLY'],
    ['as text with the hash of another', { query: '{ __typename }', documentId: hash }, 'PERSISTED_QUERY_ONLY'],
    ['by a hash', { documentId: 'f'.repeat(64) }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['by the name of a method of objects', { documentId: 'constructor' }, 'PERSISTED_QUERY_NOT_IN_LIST'],
    ['by nothing', {}, 'PERSISTED_QUERY_ID_REQUIRED'],
    ['by a hash that is not a string', { documentId: { toString: hash } }, 'PERSISTED_QUERY_ID_REQUIRED'],
  ])('is refused if it is sent %s', async (_, params, code) => {
    expect(await send(await start(), params)).toEqual({
      status: 400,
      errors: [{ message: expect.any(String), extensions: { code } }],
    });
  });

  it('runs with PERSISTED_OPERATIONS_MODE=also', async () => {
    const app = await start({ PERSISTED_OPERATIONS_MODE: 'also' });
    expect(await send(app, { query: known })).toEqual({ status: 200, ...answer });
    expect(await send(app, { documentId: hash })).toEqual({ status: 200, ...answer });
    expect(await send(app, { documentId: 'x' })).toMatchObject({
      status: 400,
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
  });
});

describe('without a manifest', () => {
  it.each([
    ['as documentId', { documentId: hash }],
    ['as the extension of Apollo clients', { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } }],
  ])('a hash alone is answered that persisted queries are not supported, sent %s', async (_, params) => {
    const app = startApp((await startFakeBsg()).baseUrl);
    expect(await send(app, params)).toEqual({
      status: 400,
      errors: [{ message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } }],
    });
  });

  it('a hash beside a query is ignored', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    expect(await send(app, { query: known, documentId: hash })).toEqual({ status: 200, ...answer });
  });

  it('neither a query nor a hash is a bad request', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    expect(await send(app, {})).toMatchObject({ status: 400, errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });
});

describe("Apollo Client's persisted queries", () => {
  /** Runs the query through `createPersistedQueryLink`; returns the data and the methods of the requests that it took. */
  async function runThroughApollo(app: TestApp, useGETForHashedQueries: boolean) {
    const methods: string[] = [];
    const address = await listen((request, response) => {
      methods.push(request.method ?? '');
      app.listener(request, response);
    });
    const hashing = createPersistedQueryLink({
      sha256: (text) => createHash('sha256').update(text).digest('hex'),
      useGETForHashedQueries,
    });
    const link = hashing.concat(new HttpLink({ uri: `${address}/graphql` }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    onTestFinished(() => client.stop());
    const { data } = await client.query<object>({ query: parse(known), variables: { id: '1' } });
    return { data, methods };
  }
  const data = { sms: { __typename: 'Sms', id: '1' } };
  /** As the cache of the client writes it. */
  const sent = print(addTypenameToDocument(parse(known)));
  const hashOfSent = createHash('sha256').update(sent).digest('hex');

  it.each([
    ['POST', false],
    ['GET', true],
  ])('run by %s from the manifest', async (method, useGet) => {
    const app = await start({}, { [hashOfSent]: sent });
    expect(await runThroughApollo(app, useGet)).toEqual({ data, methods: [method] });
  });

  it.each([
    ['POST', false],
    ['GET', true],
  ])('sent first by %s run with the query where the hash is not in the manifest', async (method, useGet) => {
    const app = await start({ PERSISTED_OPERATIONS_MODE: 'also' });
    expect(await runThroughApollo(app, useGet)).toEqual({ data, methods: [method, 'POST'] });
  });

  it.each([
    ['POST', false],
    ['GET', true],
  ])('sent first by %s run with the query where there is no manifest', async (method, useGet) => {
    const app = startApp((await startFakeBsg()).baseUrl);
    expect(await runThroughApollo(app, useGet)).toEqual({ data, methods: [method, 'POST'] });
  });
});
