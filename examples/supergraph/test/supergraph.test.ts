import { once } from 'node:events';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { composeSchemaContract } from '@theguild/federation-composition';
import { isObjectType, parse } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { schema } from '../../../src/schema/index.ts';
import { startApp, startAppOnSandbox } from '../../../test/helpers/app.ts';
import { sendJson, startFakeBsg, wireSms } from '../../../test/helpers/fake-bsg.ts';
import { graphqlPost, subscribe } from '../../../test/helpers/http.ts';
import { runScript } from '../../../test/helpers/process.ts';
import { AUTH_TOKENS, TOKENS } from '../../../test/helpers/secrets.ts';
import type { Composer } from '../compose.ts';
import { GATEWAY_COMPOSERS } from '../composers.ts';
import { createOrders, type Order, ordersSchema } from '../orders.ts';
import {
  GATEWAYS,
  type OtherSubgraph,
  startCompanyGraph,
  startHiveGateway,
  startHiveGatewayWith,
} from './company-graph.ts';

interface Orders {
  readonly orders: readonly {
    readonly sms: null | { readonly status: string };
    readonly campaign?: null | { readonly sent: number };
  }[];
}

const WALK = '{ orders { id sms { status } } }';

/** Orders of another team, each with the SMS of one reference. */
function ordersWith(references: readonly (string | null)[], taskId: string | null = null): OtherSubgraph {
  const orders = references.map((smsReference, i): Order => ({ id: String(i), smsReference, taskId }));
  return { name: 'orders', typeDefs: ordersSchema, listener: createOrders(orders) };
}

/** References of 20 messages that the fake BSG knows. */
const TWENTY = Array.from({ length: 20 }, (_, i) => `ref_${i}`);

describe.each(GATEWAYS)('%s', (_, startGateway) => {
  it.each(GATEWAY_COMPOSERS)(
    'sends one request to the subgraph for the messages of 20 orders; composed by %s',
    async (_, composer) => {
      const bsg = await startFakeBsg();
      const app = startApp(bsg.baseUrl);
      const graph = await startCompanyGraph({ app, others: [ordersWith(TWENTY)], startGateway, composer });

      const { data, errors } = await graph.query<Orders>(WALK);

      expect(errors).toBeUndefined();
      expect(data.orders.map(({ sms }) => sms)).toEqual(TWENTY.map(() => ({ status: 'DELIVERED' })));
      expect(graph.answers).toHaveLength(1);
      expect(bsg.paths).toHaveLength(20);

      await graph.query(WALK);
      expect(bsg.paths).toHaveLength(20);
    },
  );

  it('resolves the status of the SMS of an order and the counts of its campaign', async () => {
    const { app } = await startAppOnSandbox();
    const graph = await startCompanyGraph({ app, others: [ordersWith(['ext_id_19', null], '5002')], startGateway });

    expect(await graph.query('{ orders { sms { reference status } campaign { taskId sent } } }')).toEqual({
      data: {
        orders: [
          { sms: { reference: 'ext_id_19', status: 'DELIVERED' }, campaign: { taskId: '5002', sent: 100 } },
          { sms: null, campaign: { taskId: '5002', sent: 100 } },
        ],
      },
    });
  });

  it('returns null and one error with the reference for a message that BSG does not know', async () => {
    const { app } = await startAppOnSandbox();
    const others = [ordersWith(['ext_id_19', 'nobody', 'not a reference'])];
    const graph = await startCompanyGraph({ app, others, startGateway });

    const { data, errors } = await graph.query<Orders>(WALK);

    expect(data.orders.map(({ sms }) => sms)).toEqual([{ status: 'DELIVERED' }, null, null]);
    expect(errors?.map(({ path, extensions }) => ({ path: path?.slice(0, 3), ...extensions }))).toEqual([
      expect.objectContaining({ path: ['orders', 1, 'sms'], code: 'SMS_NOT_FOUND', subject: 'nobody' }),
      expect.objectContaining({ path: ['orders', 2, 'sms'], code: 'INVALID_REFERENCE', subject: 'not a reference' }),
    ]);
  });

  it('returns 10 of 20 messages while BSG fails for the other 10', async () => {
    const bsg = await startFakeBsg((request, response) => {
      const id = request.url?.split('ref_').at(-1);
      if (Number(id) % 2 === 0) sendJson(response, wireSms({ id, reference: `ref_${id}` }));
      else sendJson(response, 'down', 503);
    });
    const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0' });
    const graph = await startCompanyGraph({ app, others: [ordersWith(TWENTY)], startGateway });

    const { data, errors } = await graph.query<Orders>(WALK);

    expect(data.orders.map(({ sms }) => sms)).toEqual(
      TWENTY.map((_, i) => (i % 2 === 0 ? { status: 'DELIVERED' } : null)),
    );
    expect(errors?.map(({ path, extensions }) => [path?.[1], extensions?.['code']])).toEqual(
      Array.from({ length: 10 }, (_, i) => [2 * i + 1, 'BAD_RESPONSE']),
    );
  });

  it('finds the messages of one query by both keys', async () => {
    const { app } = await startAppOnSandbox();
    const others = [ordersWith(['status_sent', 'ext_id_19']), ticketsAbout(['211', '306'])];
    const graph = await startCompanyGraph({ app, others, startGateway });

    expect(await graph.query('{ orders { sms { id status } } tickets { sms { reference status } } }')).toEqual({
      data: {
        orders: [{ sms: { id: '305', status: 'SENT' } }, { sms: { id: '211', status: 'DELIVERED' } }],
        tickets: [
          { sms: { reference: 'ext_id_19', status: 'DELIVERED' } },
          { sms: { reference: 'status_delivered', status: 'DELIVERED' } },
        ],
      },
    });
  });

  it('returns every field of the messages and campaigns of 1,000 orders', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' });
    const references = Array.from({ length: 1_000 }, (_, i) => `ref_${i}`);
    const graph = await startCompanyGraph({ app, others: [ordersWith(references, '1')], startGateway });

    const { data, errors } = await graph.query<Orders>(
      `{ orders { id sms { ${fieldsOf('Sms')} } campaign { ${fieldsOf('Campaign')} } } }`,
    );

    expect(errors).toBeUndefined();
    expect(data.orders.filter(({ sms, campaign }) => sms?.status === 'DELIVERED' && campaign?.sent === 1)).toHaveLength(
      1_000,
    );
    expect(bsg.paths).toHaveLength(1_001);
  });

  it('returns errors of BSG as data in queries by key', async () => {
    const { app } = await startAppOnSandbox();
    const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway });

    const { data } = await graph.query(
      '{ smsBatch(ids: ["211", "1"]) { results { ... on Sms { id } ... on BsgErrorDetails { code subject } } } }',
    );

    expect(data).toEqual({ smsBatch: { results: [{ id: '211' }, { code: 'SMS_NOT_FOUND', subject: '1' }] } });
  });

  it('keeps every digit of an id of 20 digits in a query', async () => {
    const bsg = await startFakeBsg();
    const graph = await startCompanyGraph({ app: startApp(bsg.baseUrl), others: [ordersWith([])], startGateway });

    // From its third use the query is compiled.
    for (const _ of [1, 2, 3, 4]) {
      const { data } = await graph.query('{ sms(id: "18446744073709551615") { ... on Sms { id } } }');
      expect(data).toEqual({ sms: { id: '18446744073709551615' } });
    }
    expect(bsg.paths).toEqual(['/sms/18446744073709551615']);
  });

  it('sends no request to this subgraph for fields of the other one', async () => {
    const { app } = await startAppOnSandbox();
    const graph = await startCompanyGraph({ app, others: [ordersWith(['ext_id_19'])], startGateway });

    expect(await graph.query('{ orders { sms { reference } } }')).toEqual({
      data: { orders: [{ sms: { reference: 'ext_id_19' } }] },
    });
    expect(graph.answers).toHaveLength(0);
  });

  it('forwards the Authorization header unchanged', async () => {
    const { app } = await startAppOnSandbox();
    const graph = await startCompanyGraph({ app, others: [ordersWith(['ext_id_19'])], startGateway });

    await graph.query(WALK, { authorization: 'Bearer of the caller' });
    await graph.query(WALK);

    expect(graph.answers.map(({ req }) => req.headers.authorization)).toEqual(['Bearer of the caller', undefined]);
  });

  it('authenticates at a production server with the token of the caller, and reports fields without a scope', async () => {
    const { app } = await startAppOnSandbox({ AUTH_TOKENS, INTROSPECTION: 'off' });
    const graph = await startCompanyGraph({ app, others: [ordersWith(['ext_id_19'])], startGateway });
    const queryWith = (token: string) =>
      graph.query<Orders>('{ orders { sms { status msisdn } } }', { authorization: `Bearer ${token}` });

    expect(await queryWith(TOKENS.personal)).toEqual({
      data: { orders: [{ sms: { status: 'DELIVERED', msisdn: '380972000001' } }] },
    });
    expect(await queryWith(TOKENS.plain)).toMatchObject({
      data: { orders: [{ sms: { status: 'DELIVERED', msisdn: null } }] },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    expect(await queryWith('of_nobody_at_all')).toMatchObject({
      data: { orders: [{ sms: null }] },
      errors: expect.arrayContaining([
        expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
      ]),
    });
  });

  it('hides personal fields and lookups that a contract excludes', async () => {
    const { app } = await startAppOnSandbox();
    const composer: Composer = (subgraphs) =>
      composeSchemaContract(subgraphs, { include: new Set(), exclude: new Set(['personal', 'lookup']) }, true);
    const graph = await startCompanyGraph({ app, others: [ordersWith(['ext_id_19'])], startGateway, composer });

    expect((await graph.query<Orders>(WALK)).data.orders).toEqual([{ id: '0', sms: { status: 'DELIVERED' } }]);
    for (const hidden of ['{ orders { sms { msisdn } } }', '{ sms(id: "211") { __typename } }']) {
      expect((await graph.query(hidden)).errors?.[0]?.message).toContain('Cannot query field');
    }
  });
});

it('Hive Gateway forwards every change of a message, and the authorization of the subscriber', async () => {
  const words = ['scheduled', 'sent', 'delivered'];
  const bsg = await startFakeBsg(({ number }, response) => {
    sendJson(response, wireSms({ status: words[number - 1] ?? 'delivered' }));
  });
  const app = startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' });
  const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway: startHiveGateway });
  const query = 'subscription { smsUpdates(references: ["ext_id_19"]) { ... on Sms { status isFinal } } }';
  const updates = subscribe(graph.address, query, undefined, { authorization: 'Bearer x' });

  expect(await updates.rest()).toEqual([
    { smsUpdates: { status: 'SCHEDULED', isFinal: false } },
    { smsUpdates: { status: 'SENT', isFinal: false } },
    { smsUpdates: { status: 'DELIVERED', isFinal: true } },
  ]);
  expect(graph.answers.map(({ req }) => req.headers.authorization)).toEqual(['Bearer x']);
});

it('Hive Gateway passes on why a subscription is refused', async () => {
  const { app } = await startAppOnSandbox({ AUTH_TOKENS, MAX_BATCH_SIZE: '1' });
  const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway: startHiveGateway });
  const subscribeWith = (token: string) =>
    subscribe(graph.address, 'subscription { smsUpdates(ids: ["1", "2"]) { __typename } }', undefined, {
      authorization: `Bearer ${token}`,
    }).next();

  await expect(subscribeWith('of_nobody_at_all')).rejects.toThrow('"code":"UNAUTHENTICATED"');
  await expect(subscribeWith(TOKENS.plain)).rejects.toThrow('"code":"BATCH_TOO_LARGE"');
});

it('Hive Gateway closes the stream of a message when its last subscriber leaves', async () => {
  const { app } = await startAppOnSandbox();
  const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway: startHiveGateway });
  const query = 'subscription { smsUpdates(ids: ["401"]) { ... on Sms { status } } }';
  const updates = subscribe(graph.address, query);
  await updates.next();

  const [stream] = graph.answers;
  if (stream === undefined || stream.closed) throw new Error('The stream is not open.');
  const left = once(stream, 'close');
  updates.leave();

  await left;
});

it.each([
  ['is one of a message', '{ sms(id: "211") { ... on Sms { status } } }', 1],
  ['is 100 of a batch', '{ smsBatch(ids: ["211"]) { isFinal results { ... on Sms { status } } } }', 100],
  ['is 200 of a batch with timeIn', '{ smsBatch(ids: ["211"]) { results { ... on Sms { status timeIn } } } }', 200],
  ['is 100 of several campaigns', '{ campaigns(taskIds: ["5001"]) { ... on Campaign { sent } } }', 100],
])('the cost that Hive Gateway computes %s', async (_, query, cost) => {
  const { app } = await startAppOnSandbox();
  const startGateway = startHiveGatewayWith({ demandControl: { maxCost: 200, includeExtensionMetadata: true } });
  const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway });

  expect(await graph.query(query)).toMatchObject({ extensions: { cost: { estimated: cost } } });
});

it('Hive Gateway sends no request for personal fields to the subgraph where the caller lacks the scope', async () => {
  const { app } = await startAppOnSandbox();
  const startGateway = startHiveGatewayWith({
    genericAuth: {
      mode: 'protect-granular',
      resolveUserFn: ({ request }: { readonly request: Request }) => ({
        scopes: request.headers.get('x-scopes') ?? '',
      }),
      extractScopes: ({ scopes }: { readonly scopes: string }) => scopes.split(' '),
    },
  });
  const graph = await startCompanyGraph({ app, others: [ordersWith([])], startGateway });
  const query = '{ sms(id: "211") { ... on Sms { msisdn } } }';

  expect(await graph.query(query)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }] });
  expect(graph.answers).toHaveLength(0);
  expect(await graph.query(query, { 'x-scopes': 'bsg:personal' })).toEqual({
    data: { sms: { msisdn: '380972000001' } },
  });
});

describe('the example', () => {
  it('starts with one command, answers through both gateways, and exits at Ctrl-C', async () => {
    const program = runScript(['examples/supergraph/start.ts'], { PORT: '0' });
    const [, hive = ''] = await program.printed(/^Hive Gateway +(\S+)$/m);
    const [, apollo = ''] = await program.printed(/^Apollo's gateway +(\S+)$/m);
    await program.printed(/^ {2}3\./m);

    for (const url of [hive, apollo]) {
      const response = await fetch(
        url,
        graphqlPost({ query: '{ orders { sms { status } campaign { deliveryRate } } }' }),
      );
      const { data } = await response.json();
      expect(data.orders[0]).toEqual({ sms: { status: 'DELIVERED' }, campaign: { deliveryRate: 1 } });
    }

    program.child.kill('SIGINT');
    expect(await program.ended).toBe(0);
  }, 60_000);

  it('has a check for CI that passes while the subgraphs compose', async () => {
    const check = checkWith('examples/supergraph/orders.graphql');
    expect(await check.ended).toBe(0);
  }, 60_000);

  it('has a check for CI that prints the errors of a composition', async () => {
    const check = checkWith('examples/supergraph/test/own-status.graphql');
    expect(await check.ended).toBe(1);
    expect(check.output()).toMatch(/^The subgraphs do not compose:\n {2}.*Sms\.status/);
  }, 60_000);
});

/** The fields of a type, as a selection. */
function fieldsOf(typeName: string): string {
  const type = schema.getType(typeName);
  return isObjectType(type) ? Object.keys(type.getFields()).join(' ') : '';
}

function checkWith(file: string) {
  return runScript(['examples/supergraph/check.ts', 'schema.graphql', file]);
}

/** Tickets of a third team, which refers to messages by BSG's ids. */
function ticketsAbout(smsIds: readonly string[]): OtherSubgraph {
  const typeDefs = parse(`
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key"])
    type Query { tickets: [Ticket!]! }
    type Ticket { sms: Sms }
    type Sms @key(fields: "id", resolvable: false) { id: ID! }
  `);
  const resolvers = { Query: { tickets: () => smsIds.map((id) => ({ sms: { id } })) } };
  return { name: 'tickets', typeDefs, listener: createYoga({ schema: buildSubgraphSchema({ typeDefs, resolvers }) }) };
}
