/**
 * The requests and the time that a query to a gateway costs, with a cold and a warm cache. The orders subgraph and both
 * gateways are those of this example; a fake BSG responds at once and counts. The last line is one `_entities` query
 * with 1,000 representations by all keys, without a gateway.
 *
 * @example npm run --prefix examples/supergraph bench
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { parse } from 'graphql';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { createApolloGateway } from './apollo-gateway.ts';
import { compose } from './compose.ts';
import { createHiveGateway } from './hive-gateway.ts';
import { createOrders, ordersSchema } from './orders.ts';

const QUERIES = {
  'SMS of 20 orders': { orders: 20, query: '{ orders { sms { status } } }' },
  'SMS and campaign of 20 orders': { orders: 20, query: '{ orders { sms { status } campaign { sent } } }' },
  'SMS of 1,000 orders': { orders: 1_000, query: '{ orders { sms { status } } }' },
};
const GATEWAYS = {
  'Hive Gateway': async (supergraph: string) => serve(createHiveGateway(supergraph)),
  "Apollo's gateway": async (supergraph: string) => serve((await createApolloGateway(supergraph)).listener),
};

const requests = { bsg: 0, subgraph: 0 };
const bsg = await serve(async (request, response) => {
  requests.bsg++;
  const { url = '' } = request;
  response.end(JSON.stringify(url === '/sms/getStatus' ? massAnswerTo(await json(request)) : wireAnswerTo(url)));
});
const schema = parse(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));

print('| query | gateway | requests to the subgraph | requests to BSG, cold | warm | ms, cold | warm |');
print('| --- | --- | --- | --- | --- | --- | --- |');
for (const [name, { orders, query }] of Object.entries(QUERIES)) {
  for (const [gateway, start] of Object.entries(GATEWAYS)) {
    const url = await start(await supergraphOf(orders));
    // Warms up the gateway with a query that needs the orders alone.
    await measure(url, query.replace('orders', 'orders @include(if: false)'));
    const cold = await measure(url, query);
    const warm = await measure(url, query);
    print(
      `| ${name} | ${gateway} | ${cold.subgraph} | ${cold.bsg} | ${warm.bsg} | ${cold.ms.toFixed(0)} | ${warm.ms.toFixed(0)} |`,
    );
  }
}

const subgraph = await startSubgraph();
const representations = Array.from({ length: 1_000 }, (_, i) => representation(i));
const entities = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Sms { status } ... on Campaign { sent } }
}`;
const coldEntities = await measure(subgraph, entities, { representations });
const warmEntities = await measure(subgraph, entities, { representations });
print(
  `\n1,000 representations: ${coldEntities.bsg} requests to BSG and ${coldEntities.ms.toFixed(0)} ms cold, ${warmEntities.bsg} and ${warmEntities.ms.toFixed(0)} ms warm`,
);
process.exit();

/** Sends a query, and measures what it costs. */
async function measure(url: string, query: string, variables = {}) {
  requests.bsg = 0;
  requests.subgraph = 0;
  const startedAtMs = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { errors } = await response.json();
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return { ...requests, ms: performance.now() - startedAtMs };
}

async function supergraphOf(count: number): Promise<string> {
  const orders = Array.from({ length: count }, (_, i) => ({
    id: `${i}`,
    smsReference: `ref_${i}`,
    taskId: `${i % 5}`,
  }));
  return compose([
    { name: 'bsg', url: await startSubgraph(), typeDefs: schema },
    { name: 'orders', url: await serve(createOrders(orders)), typeDefs: ordersSchema },
  ]);
}

/** The subgraph with an empty cache. */
async function startSubgraph(): Promise<string> {
  const app = createApp(
    readConfig({
      BSG_API_KEY: 'live_bench',
      BSG_BASE_URL: new URL(bsg).origin,
      BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
      LOG_LEVEL: 'warn',
    }),
  );
  return serve((request, response) => {
    requests.subgraph++;
    app.listener(request, response);
  });
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

function representation(i: number) {
  if (i % 3 === 0) return { __typename: 'Campaign', taskId: `${i}` };
  return i % 3 === 1 ? { __typename: 'Sms', id: `${i}` } : { __typename: 'Sms', reference: `ref_${i}` };
}

function wireAnswerTo(path: string): object {
  const [, , name = '', key = ''] = path.split('/');
  if (name === 'task')
    return { originator: 'a', body: 'b', sent: 1, delivered: 1, expired: 0, undeliverable: 0, unknown: 0 };
  const id = name === 'reference' ? key.slice('ref_'.length) : name;
  return { error: 0, id, reference: `ref_${id}`, status: 'delivered' };
}

function massAnswerTo(body: unknown): object {
  const { ids } = body as { readonly ids: readonly number[] };
  return { result: ids.map((id) => ({ id, external_id: `ref_${id}`, status: 'delivered' })) };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
