import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const typename = { query: '{ __typename }' };
const subscription = { query: 'subscription { smsUpdates(ids: ["1"]) { __typename } }' };

describe('a refusal has a JSON body with a message and a code', () => {
  it.each<[string, number, string, string, RequestInit]>([
    ['of a path that there is not', 404, 'NOT_FOUND', '/nothing', {}],
    ['of a path below the endpoint', 404, 'NOT_FOUND', '/graphql/nothing', {}],
    ['of a path that ends like the endpoint', 404, 'NOT_FOUND', '/nothing/graphql', {}],
    ['of a request without a token', 401, 'UNAUTHENTICATED', '/graphql', { headers: { authorization: '' } }],
    ['of metrics without a token', 401, 'UNAUTHENTICATED', '/metrics', { headers: { authorization: '' } }],
    ['of another method', 405, 'METHOD_NOT_ALLOWED', '/graphql', { method: 'PUT' }],
    ['of a format for a query', 406, 'NOT_ACCEPTABLE', '/graphql', graphqlPost(typename, { accept: 'image/png' })],
    [
      'of a charset for a query',
      406,
      'NOT_ACCEPTABLE',
      '/graphql',
      graphqlPost(typename, { accept: 'application/json;charset=utf-16' }),
    ],
    [
      'of a format for a subscription',
      406,
      'NOT_ACCEPTABLE',
      '/graphql',
      graphqlPost(subscription, { accept: 'application/json' }),
    ],
    [
      'of a query that is not valid, in whatever format',
      400,
      'GRAPHQL_VALIDATION_FAILED',
      '/graphql',
      graphqlPost({ query: '{ nothing }' }, { accept: 'image/png' }),
    ],
    ['of a body in another format', 415, 'UNSUPPORTED_MEDIA_TYPE', '/graphql', { method: 'POST', body: '{}' }],
    ['of several operations in one body', 400, 'BAD_REQUEST', '/graphql', graphqlPost('[{"query":"{ __typename }"}]')],
  ])('%s: %i %s', async (_, status, code, path, init) => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    const headers = { authorization: `Bearer ${TOKENS.plain}`, ...init.headers };
    const response = await app.fetch(path, { ...init, headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    expect(await response.json()).toEqual({
      errors: [expect.objectContaining({ message: expect.stringMatching(/\S/), extensions: { code } })],
    });
  });

  it('and costs as much as any request that comes to no operation', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { RATE_LIMIT: '1' });
    const send = () => app.fetch('/graphql', graphqlPost(typename, { accept: 'image/png' }));
    expect((await send()).status).toBe(406);
    expect((await send()).status).toBe(429);
    expect(app.requestLines()[0]).toMatchObject({ status: 406, outcome: 'NOT_ACCEPTABLE' });
  });
});

describe('an error of the operation', () => {
  const JSON_FIRST = ['application/json', '*/*', 'application/json, application/graphql-response+json'];

  it.each<[string, number, object]>([
    ['GRAPHQL_PARSE_FAILED', 200, { query: '{' }],
    ['GRAPHQL_VALIDATION_FAILED', 200, { query: '{ nothing }' }],
    ['PERSISTED_QUERY_NOT_SUPPORTED', 200, { documentId: 'hash' }],
    ['BAD_REQUEST', 200, { query: 'query ($id: ID!) { sms(id: $id) { __typename } }' }],
    ['OPERATION_RESOLUTION_FAILURE', 400, { ...typename, operationName: 'Other' }],
    ['QUERY_TOO_EXPENSIVE', 400, { query: '{ a: sms(id: "1") { __typename } b: sms(id: "2") { __typename } }' }],
  ])('%s is %i for clients that prefer application/json, else 400', async (code, status, params) => {
    const app = startApp((await startFakeBsg()).baseUrl, { MAX_QUERY_COST: '1' });
    for (const accept of [...JSON_FIRST, 'application/graphql-response+json']) {
      const response = await app.fetch('/graphql', graphqlPost(params, { accept }));
      expect(response.status, accept).toBe(JSON_FIRST.includes(accept) ? status : 400);
      expect((await response.json()).errors[0].extensions.code).toBe(code);
    }
  });
});

describe('a request', () => {
  it.each([
    ['onError of the next edition of the specification', { onError: 'PROPAGATE' }],
    ["Relay's id", { id: '0123456789abcdef' }],
    ['a property of nobody', { 'x-anything': [{}] }],
  ])('is answered as if it had no %s', async (_, property) => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const response = await app.fetch('/graphql', graphqlPost({ ...typename, ...property }));
    expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it.each(['Application/JSON', 'APPLICATION/JSON; Charset=UTF-8', 'application/graphql+JSON'])(
    'names its media type in any letter case, such as %s',
    async (type) => {
      const app = startApp((await startFakeBsg()).baseUrl);
      const response = await app.fetch('/graphql', graphqlPost(typename, { 'content-type': type }));
      expect(await response.json()).toEqual({ data: { __typename: 'Query' } });
    },
  );

  it('as a form is refused in any letter case (CSRF)', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    const headers = { 'content-type': 'Application/X-WWW-Form-URLencoded' };
    const response = await app.fetch('/graphql', graphqlPost('query={__typename}', headers));
    expect(response.status).toBe(415);
  });
});
