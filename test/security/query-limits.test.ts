import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { HOSTILE_QUERIES } from '../fixtures/hostile-queries.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen } from '../helpers/http.ts';

/** The queries of the documented curl commands. */
async function documentedQueries(): Promise<readonly string[]> {
  const pages = await Promise.all(
    ['README.md', 'docs/sandbox.md', 'docs/deploy.md'].map((path) => readFile(path, 'utf8')),
  );
  return [...pages.join('\n').matchAll(/"query":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => JSON.parse(`"${text}"`));
}

describe('the limits of a query', () => {
  it('allow every documented query, introspection and _service', async () => {
    const { app } = await startAppOnSandbox();
    const ofPages = await documentedQueries();
    expect(ofPages.length).toBeGreaterThan(1);
    const documented = EXAMPLES.filter(({ query }) => !query.includes('subscription'));
    const ofSchema = [getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true }), '{ _service { sdl } }'];

    for (const { query, variables = '{}' } of [
      ...documented,
      ...[...ofPages, ...ofSchema].map((query) => ({ query, variables: '{}' })),
    ]) {
      const { data, errors } = await app.query(query, JSON.parse(variables));
      expect(errors, query).toBeUndefined();
      expect(data).toBeTruthy();
    }
  });

  it('allow 100 messages by 100 aliases', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const fields = Array.from({ length: 100 }, (_, i) => `a${i}: sms(id: "${i}") { ... on Sms { id status isFinal } }`);
    const { data, errors } = await app.query(`{ ${fields.join(' ')} }`);
    expect(errors).toBeUndefined();
    expect(Object.keys(data as object)).toHaveLength(100);
  });
});

describe('a hostile query', () => {
  it.each(HOSTILE_QUERIES)('with %s is refused with a code, and not sent to BSG', async (_, query) => {
    const bsg = await startFakeBsg();
    const response = await startApp(bsg.baseUrl).fetch(
      '/graphql',
      graphqlPost({ query }, { accept: 'application/graphql-response+json' }),
    );

    expect(response.status).toBe(400);
    const { errors } = await response.json();
    expect(errors[0].extensions.code).toMatch(/^[A-Z_]+$/);
    expect(errors.length).toBeLessThanOrEqual(101);
    expect(bsg.paths).toEqual([]);
  });

  it('for 5,000 invalid entities, in 30,000 lines, is answered without computing a location for each error', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const query = `${'\n'.repeat(30_000)}query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`;
    const { errors } = await app.query(query, { r: Array.from({ length: 5_000 }, () => 1) });
    expect(errors).toHaveLength(5_000);
    expect(errors?.[7]).toEqual({
      message: expect.any(String),
      path: ['_entities', 7],
      extensions: { code: 'INVALID_REPRESENTATION' },
    });
  });

  it('with 500 errors is answered with the first five', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const { errors } = await app.query(`{ ${Array.from({ length: 500 }, (_, i) => `a${i}`).join(' ')} }`);
    expect(errors).toHaveLength(6);
  });

  it('for ids of half a megabyte is answered without them', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const query = 'query ($x: ID!) { smsBatch(ids: [$x, $x, $x]) { errors { ... on BsgErrorDetails { subject } } } }';
    const { data } = await app.query(query, { x: '1'.repeat(400_000) });
    expect(JSON.stringify(data).length).toBeLessThan(1_000);
  });

  it('of 10 MB is refused before its body is sent', async () => {
    const address = await listen(startApp((await startFakeBsg()).baseUrl).listener);
    const upload = request(`${address}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 10_000_000 },
    });
    onTestFinished(() => void upload.destroy());
    upload.flushHeaders();

    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
  });

  it('in a batch of 1,000 operations is refused', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    const body = JSON.stringify(Array.from({ length: 1_000 }, () => ({ query: '{ sms(id: "1") { __typename } }' })));
    const response = await app.fetch('/graphql', graphqlPost(body));
    expect(response.status).toBe(400);
    expect((await response.json()).errors).toHaveLength(1);
    expect(bsg.paths).toEqual([]);
  });
});
