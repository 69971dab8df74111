import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const bearer = { authorization: `Bearer ${TOKENS.plain}` };
const hidden = { INTROSPECTION: 'off' };

async function start(environment: Record<string, string>) {
  return startApp((await startFakeBsg()).baseUrl, environment);
}

describe('with INTROSPECTION=off', () => {
  it.each([
    getIntrospectionQuery(),
    '{ __type(name: "Sms") { name } }',
    '{ ...F } fragment F on Query { __schema { queryType { name } } }',
  ])('introspection is refused, even to authenticated callers: %s', async (query) => {
    for (const [environment, headers] of [
      [hidden, {}],
      [{ ...hidden, AUTH_TOKENS }, bearer],
    ] as const) {
      const { data, errors } = await (await start(environment)).query(query, {}, headers);
      expect(data).toBeUndefined();
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
    }
  });

  it('__typename is answered', async () => {
    expect(await (await start(hidden)).query('{ __typename sms(id: "1") { __typename } }')).toEqual({
      data: { __typename: 'Query', sms: { __typename: 'Sms' } },
    });
  });

  it('an authenticated gateway receives the schema to compose', async () => {
    const app = await start({ ...hidden, AUTH_TOKENS });
    const { data } = await app.query<{ _service: { sdl: string } }, object>('{ _service { sdl } }', {}, bearer);
    expect(data._service.sdl).toContain('type Sms');
  });

  it.each(['{ _service { sdl } }', '{ __typename ...F } fragment F on Query { s: _service { sdl } }'])(
    '_service is forbidden to others: %s',
    async (query) => {
      const app = await start(hidden);
      for (let use = 1; use <= 4; use++) {
        expect(await app.query(query)).toEqual({
          errors: [{ message: expect.stringContaining('token'), extensions: { code: 'FORBIDDEN' } }],
        });
      }
    },
  );

  it.each([
    '{ smz(id: "1") { __typename } }',
    '{ sms(ids: "1") { __typename } }',
    '{ sms(id: "1") { id } }',
    '{ sms(id: "1") { ... on Smss { id } } }',
    'query ($s: SmsStatos) { __typename }',
    '{ sms(id: "1") }',
  ])('errors have no suggestions: %s', async (query) => {
    const explored = await (await start({})).query(query);
    const { errors } = await (await start(hidden)).query(query);
    expect(JSON.stringify(explored.errors)).toMatch(/Did you mean|not defined|required/);
    expect(JSON.stringify(errors)).not.toMatch(/Did you mean/);
    expect(errors?.[0]).toMatchObject({
      locations: expect.any(Array),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    });
  });

  it('GraphiQL is not served', async () => {
    const app = await start(hidden);
    const response = await app.fetch('/graphql', { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type') ?? '').not.toMatch(/html/);
    expect((await app.fetch('/', { headers: { accept: 'text/html' } })).status).toBe(404);
  });
});
