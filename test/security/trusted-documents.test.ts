import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost } from '../helpers/http.ts';

const known = 'query Known($id: ID!) { sms(id: $id) { ... on Sms { id } } }';
const hash = createHash('sha256').update(known).digest('hex');
const answer = { data: { sms: { id: '1' } } };

async function start(mode: Record<string, string> = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'manifest.json');
  await writeFile(path, JSON.stringify({ [hash]: known }));
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
    expect(await send(app, { documentId: 'x' })).toMatchObject({ status: 400 });
  });
});
