import {
  buildClientSchema,
  buildSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  isObjectType,
  isUnionType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { printClientSchema, schema } from '../../src/schema/index.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const PATH = '/schema.graphql';

/** Each field and each member of a union, by the name of its type. */
function partsOf(graph: GraphQLSchema): readonly string[] {
  const types = Object.values(graph.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return types.flatMap((type) => {
    if (isObjectType(type)) return Object.keys(type.getFields()).map((field) => `${type.name}.${field}`);
    return isUnionType(type) ? type.getTypes().map(({ name }) => `${type.name}: ${name}`) : [type.name];
  });
}

describe('the schema for clients', () => {
  it('is built by graphql-js, and is the schema of the server without federation', () => {
    const built = partsOf(buildSchema(printClientSchema()));
    const federation = /^(_|Query\._|link__|federation__)/;
    expect([...built].sort()).toEqual(
      partsOf(schema)
        .filter((part) => !federation.test(part))
        .sort(),
    );
    expect(printClientSchema()).not.toMatch(/@key|@tag|@link|_Entity|extend schema/);
  });

  it('describes each field as the server does', async () => {
    const { app } = await startAppOnSandbox();
    const { data } = await app.query<never, object>(getIntrospectionQuery());
    const introspected = buildClientSchema(data).getType('Sms');
    const built = buildSchema(printClientSchema()).getType('Sms');
    const described = [introspected, built].map((type) =>
      isObjectType(type) ? Object.values(type.getFields()).map(({ name, description }) => [name, description]) : [],
    );
    expect(described[0]).toEqual(described[1]);
  });
});

describe(`GET ${PATH}`, () => {
  it('returns the schema for clients, which they revalidate', async () => {
    const { app } = await startAppOnSandbox();
    const address = `${await listen(app.listener)}${PATH}`;

    const response = await fetch(address);
    expect(await response.text()).toBe(printClientSchema());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'private, no-cache',
      vary: expect.stringContaining('Authorization'),
    });
    const revalidated = await fetch(address, { headers: { 'if-none-match': response.headers.get('etag') ?? '' } });
    expect([revalidated.status, await revalidated.text()]).toEqual([304, '']);
    const head = await fetch(address, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('is for callers of the endpoint, by the same gate', async () => {
    const { app } = await startAppOnSandbox({ AUTH_TOKENS });
    const statusOf = async (init: RequestInit) => {
      const response = await app.fetch(PATH, init);
      return response.ok ? 200 : [response.status, (await response.json()).errors[0].extensions.code];
    };
    expect(await statusOf({})).toEqual([401, 'UNAUTHENTICATED']);
    expect(await statusOf({ headers: { authorization: `Bearer ${TOKENS.plain}` } })).toBe(200);
    expect(await statusOf({ headers: { 'sec-fetch-site': 'cross-site' } })).toEqual([403, 'CROSS_SITE_REQUEST']);
    expect(await statusOf({ method: 'POST' })).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(app.requestLines()).toEqual([]);
  });

  it.each([{ INTROSPECTION: 'off' }, { NODE_ENV: 'production', AUTH: 'none' }])(
    'returns 404 where the schema is hidden, with %j',
    async (environment) => {
      const app = startApp('http://127.0.0.1:9', environment);
      expect((await app.fetch(PATH)).status).toBe(404);
    },
  );
});
