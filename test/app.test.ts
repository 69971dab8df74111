import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { startApp, startAppOnSandbox } from './helpers/app.ts';
import { startUpstreamAnswering, wireSms } from './helpers/upstream.ts';

const json = { 'content-type': 'application/json' };

describe('GraphQL over HTTP', () => {
  // https://github.com/graphql/graphql-http/tree/main/implementations: the audits of the specification's working group.
  const audits = serverAudits({ url: 'http://audit/graphql', fetchFn: () => undefined });

  it('has 61 audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map(({ id, name }) => [id, name]))('%s: %s', async (id) => {
    const { app } = await startAppOnSandbox();
    const fetchFn = (url: unknown, init: RequestInit) => app.fetch(String(url).replace('http://audit', ''), init);
    const audit = serverAudits({ url: 'http://audit/graphql', fetchFn }).find((candidate) => candidate.id === id);

    expect(await audit?.fn()).toMatchObject({ status: 'ok' });
  });
});

describe('a request at fault', () => {
  it.each([
    ['{ sms(id: "211") { colour } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ smss }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ sms { __typename } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ sms(id: "211") ', 400, 'GRAPHQL_PARSE_FAILED'],
    ['mutation { __typename }', 400, 'BAD_REQUEST'],
  ])('%s is told so, with a code', async (query, status, code) => {
    const { app } = await startAppOnSandbox();
    const response = await app.fetch('/graphql', {
      method: 'POST',
      headers: { ...json, accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query }),
    });
    expect(response.status).toBe(status);
    expect((await response.json()).errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/\S/), extensions: { code } }),
    ]);
  });

  it.each(['{"query"', '', '[1', 'query { __typename }', '"text"', 'null'])(
    '%j is no JSON of a request',
    async (body) => {
      const { app } = await startAppOnSandbox();
      const response = await app.fetch('/graphql', { method: 'POST', headers: json, body });
      expect([400, 200]).toContain(response.status);
      const { errors } = await response.json();
      expect(errors[0]).toMatchObject({ message: expect.stringMatching(/\S/), extensions: { code: 'BAD_REQUEST' } });
    },
  );

  it('has variables of the wrong kind: it is told so, with a code', async () => {
    const { app } = await startAppOnSandbox();
    const { errors } = await app.query('query ($id: ID!) { sms(id: $id) { __typename } }', { id: { a: 1 } });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('$id'),
        extensions: { code: 'BAD_REQUEST' },
      }),
    ]);
  });

  it('is 404 on another path, and 200 on /health', async () => {
    const { app } = await startAppOnSandbox();
    expect((await app.fetch('/nothing')).status).toBe(404);
    expect((await app.fetch('/health')).status).toBe(200);
  });
});

describe('a document of two operations', () => {
  it('runs the one that is named, in whatever order they are asked', async () => {
    const { app } = await startAppOnSandbox();
    const query =
      'query A { a: sms(id: "211") { ... on Sms { id } } } query B { b: sms(id: "305") { ... on Sms { id } } }';
    const run = async (operationName: string) => {
      const body = JSON.stringify({ query, operationName });
      return (await app.fetch('/graphql', { method: 'POST', headers: json, body })).json();
    };

    expect(await run('A')).toEqual({ data: { a: { id: '211' } } });
    expect(await run('B')).toEqual({ data: { b: { id: '305' } } });
    expect(await run('A')).toEqual({ data: { a: { id: '211' } } });
    expect(await run('C')).toEqual({
      errors: [expect.objectContaining({ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })],
    });
  });
});

describe('an answer', () => {
  it('is the same the first time and when the query has been compiled', async () => {
    const { app } = await startAppOnSandbox();
    const query = `query ($with: Boolean!) {
      sms(id: "211") { __typename ... on Sms @include(if: $with) { status } ... on Sms @skip(if: $with) { id } }
    }`;
    for (const _ of [1, 2]) {
      expect(await app.query(query, { with: true })).toEqual({
        data: { sms: { __typename: 'Sms', status: 'DELIVERED' } },
      });
      expect(await app.query(query, { with: false })).toEqual({ data: { sms: { __typename: 'Sms', id: '211' } } });
    }
  });

  it('never has the key, a stack or a path of a file in it', async () => {
    const upstream = await startUpstreamAnswering(wireSms({ error: 1, errorDescription: 'Invalid API key' }), 401);
    const app = startApp(upstream.baseUrl, { BSG_API_KEY: 'live_very_secret', NODE_ENV: 'development' });

    const answers = await Promise.all([
      app.query('{ sms(id: "1") { ... on BsgErrorDetails { message } } }'),
      app.query('{ _entities(representations: [{ __typename: "Nothing" }]) { __typename } }'),
      app.query('{ nothing }'),
    ]);

    expect(JSON.stringify(answers)).not.toMatch(/live_very_secret|node_modules|file:|\bat \w+/);
  });
});
