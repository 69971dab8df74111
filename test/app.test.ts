import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { startApp, startAppOnSandbox } from './helpers/app.ts';
import { respondWith, startFakeBsg, wireSms } from './helpers/fake-bsg.ts';
import { graphqlPost } from './helpers/http.ts';

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

describe('an invalid request', () => {
  it.each([
    ['{ sms(id: "211") { colour } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ smss }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ sms { __typename } }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ sms(id: "211") ', 400, 'GRAPHQL_PARSE_FAILED'],
    ['mutation { __typename }', 400, 'BAD_REQUEST'],
  ])('%s is refused with a message and a code', async (query, status, code) => {
    const { app } = await startAppOnSandbox();
    const response = await app.fetch(
      '/graphql',
      graphqlPost({ query }, { accept: 'application/graphql-response+json' }),
    );
    expect(response.status).toBe(status);
    expect((await response.json()).errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/\S/), extensions: { code } }),
    ]);
  });

  it.each(['{"query"', '', '[1', 'query { __typename }', '"text"', 'null'])(
    'whose body is %j is refused as BAD_REQUEST',
    async (body) => {
      const { app } = await startAppOnSandbox();
      const response = await app.fetch('/graphql', graphqlPost(body));
      expect([400, 200]).toContain(response.status);
      const { errors } = await response.json();
      expect(errors[0]).toMatchObject({ message: expect.stringMatching(/\S/), extensions: { code: 'BAD_REQUEST' } });
    },
  );

  it('with variables of the wrong type is refused as BAD_REQUEST, and the message names the variable', async () => {
    const { app } = await startAppOnSandbox();
    const { errors } = await app.query('query ($id: ID!) { sms(id: $id) { __typename } }', { id: { a: 1 } });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('$id'),
        extensions: { code: 'BAD_REQUEST' },
      }),
    ]);
  });

  it.each(['variables', 'extensions'])('with %s that are not JSON is refused as BAD_REQUEST', async (name) => {
    const { app } = await startAppOnSandbox();
    const response = await app.fetch(`/graphql?query={__typename}&${name}={`);
    const message = 'The variables or extensions are not valid JSON.';
    expect(await response.json()).toEqual({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('of another content type is refused with 415, and the message names the right one', async () => {
    const { app } = await startAppOnSandbox();
    const headers = { 'content-type': 'text/plain' };
    const response = await app.fetch('/graphql', { method: 'POST', headers, body: '{ __typename }' });
    expect(response.status).toBe(415);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'Unsupported media type: send the query as application/json.',
          extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' },
        },
      ],
    });
  });

  it('with an id that JSON has rounded is refused, and not sent to BSG', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const app = startApp(bsg.baseUrl);
    const body = '{"query":"query ($id: ID!) { sms(id: $id) { __typename } }","variables":{"id":12345678901234567890}}';
    const response = await app.fetch('/graphql', graphqlPost(body));
    expect((await response.json()).errors).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('send ids as strings'),
        extensions: { code: 'BAD_REQUEST' },
      }),
    ]);
    expect(bsg.paths).toEqual([]);
  });

  it('with more than 30,000 values in its variables is refused', async () => {
    const { app } = await startAppOnSandbox();
    const representations = Array.from({ length: 2_000 }, () => ({
      __typename: 'Sms',
      id: 'x',
      more: Array(20).fill({}),
    }));
    const { errors } = await app.query('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      r: representations,
    });
    expect(errors).toEqual([{ message: expect.stringContaining('values'), extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('with variables that nest deeper than the stack is refused with one error', async () => {
    const { app } = await startAppOnSandbox();
    const body = `{"query":"query ($id: ID!) { sms(id: $id) { __typename } }","variables":{"id":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const response = await app.fetch('/graphql', graphqlPost(body));
    expect((await response.json()).errors).toHaveLength(1);
  });

  it('to an unknown path is 404, unlike /health', async () => {
    const { app } = await startAppOnSandbox();
    expect((await app.fetch('/nothing')).status).toBe(404);
    expect((await app.fetch('/health')).status).toBe(200);
  });
});

describe('a response', () => {
  it('never contains the key, a stack trace or a file path', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms({ error: 1, errorDescription: 'Invalid API key' }), 401));
    const app = startApp(bsg.baseUrl, { BSG_API_KEY: 'live_very_secret', NODE_ENV: 'development' });

    const answers = await Promise.all([
      app.query('{ sms(id: "1") { ... on BsgErrorDetails { message } } }'),
      app.query('{ nothing }'),
    ]);

    expect(JSON.stringify(answers)).not.toMatch(/live_very_secret|node_modules|file:|\bat \w+/);
  });
});
