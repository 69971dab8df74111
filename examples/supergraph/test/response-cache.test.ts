import { expect, it } from 'vitest';
import { startApp } from '../../../test/helpers/app.ts';
import { isDown, knowsAll, startFakeBsg } from '../../../test/helpers/fake-bsg.ts';
import { AUTH_TOKENS, TOKENS } from '../../../test/helpers/secrets.ts';
import { startCompanyGraph, startHiveGatewayWith } from './company-graph.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** What the gateway caches in: keeps all, and records the TTLs of responses. */
function createKeyValueCache() {
  const values = new Map<string, unknown>();
  const ttls: unknown[] = [];
  return {
    ttls,
    cache: {
      get: (key: string) => values.get(key),
      set(key: string, value: unknown, options?: { readonly ttl?: number | null }) {
        values.set(key, value);
        if (key.startsWith('response-cache:')) ttls.push(options?.ttl);
      },
      delete: (key: string) => values.delete(key),
      getKeysByPrefix: (prefix: string) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    },
  };
}

/** Hive Gateway with a response cache that would keep everything for a day, for each `Authorization` as the documentation says. */
async function start(environment: Readonly<Record<string, string>> = {}) {
  const { ttls, cache } = createKeyValueCache();
  const bsg = await startFakeBsg();
  const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0', ...environment });
  const graph = await startCompanyGraph({
    app,
    others: [],
    startGateway: startHiveGatewayWith({
      cache,
      responseCaching: { ttl: 24 * 3_600_000, session: ({ headers }: Request) => headers.get('authorization') },
    }),
  });
  return { bsg, graph, ttls };
}

const status = '{ sms(id: "1") { ... on Sms { status } ... on BsgErrorDetails { code } } }';

it('the response cache of Hive Gateway keeps a final message for its max-age', async () => {
  const { graph, ttls } = await start();
  const first = await graph.query(status);
  expect(first).toEqual({ data: { sms: { status: 'DELIVERED' } } });
  expect(await graph.query(status)).toEqual(first);
  expect(graph.answers).toHaveLength(1);
  expect(new Set(ttls)).toEqual(new Set([3_600]));
});

it('the response cache of Hive Gateway keeps no result while BSG is unavailable', async () => {
  const { bsg, graph } = await start();
  bsg.respond = isDown;
  expect(await graph.query(status)).toEqual({ data: { sms: { code: 'BAD_RESPONSE' } } });
  bsg.respond = knowsAll();
  expect(await graph.query(status)).toEqual({ data: { sms: { status: 'DELIVERED' } } });
});

it('the response cache of Hive Gateway serves no phone number to the next caller of the same query', async () => {
  const { graph, ttls } = await start({ AUTH_TOKENS });
  const query = '{ sms(id: "1") { ... on Sms { msisdn } } }';
  const personal = bearer(TOKENS.personal);
  expect(await graph.query(query, personal)).toEqual({ data: { sms: { msisdn: '380972000001' } } });
  const { data, errors } = await graph.query(query, bearer(TOKENS.plain));
  expect(data).toEqual({ sms: { msisdn: null } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  expect(ttls).toEqual([]);
});

it('the response cache of Hive Gateway serves nothing to a caller without a token', async () => {
  const { graph } = await start({ AUTH_TOKENS });
  await graph.query(status, bearer(TOKENS.plain));
  const { errors } = await graph.query(status);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
});
