/**
 * `npm run supergraph`: a company graph in one process. It has the sandbox, the BSG subgraph, the orders subgraph of another team,
 * and two gateways in front of them. `PORT` sets the port of Hive Gateway, 4100 by default; the others take free ports.
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createApolloGateway } from './apollo-gateway.ts';
import { compose } from './compose.ts';
import { createHiveGateway } from './hive-gateway.ts';
import { createOrders, ordersSchema } from './orders.ts';

/** Orders with messages and campaigns of the sandbox (docs/sandbox.md). The message of the last one does not exist. */
const ORDERS = [
  { id: '1', smsReference: 'ext_id_19', taskId: '5001' },
  { id: '2', smsReference: 'moving_1', taskId: '5003' },
  { id: '3', smsReference: 'status_expired', taskId: null },
  { id: '4', smsReference: null, taskId: '5006' },
  { id: '5', smsReference: 'nobody', taskId: null },
];

const sandbox = await startSandbox({ port: 0 });
const config = readConfig({ LOG_LEVEL: 'warn' });
const app = createApp({ ...config, bsg: { ...config.bsg, baseUrl: sandbox.baseUrl } });
const bsg = await serve(app.listener);
const orders = await serve(createOrders(ORDERS));

const schema = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
const supergraph = compose([
  { name: 'bsg', url: `${bsg.url}/graphql`, typeDefs: parse(schema) },
  { name: 'orders', url: `${orders.url}/graphql`, typeDefs: ordersSchema },
]);
const hive = createHiveGateway(supergraph);
const hiveServer = await serve(hive, Number(process.env['PORT'] ?? 4_100));
const apollo = await createApolloGateway(supergraph);
const apolloServer = await serve(apollo.listener);

process.stdout.write(`The company graph is running, on made-up data of the sandbox. Stop it with Ctrl-C.

Hive Gateway      ${hiveServer.url}/graphql
Apollo's gateway  ${apolloServer.url}/graphql
BSG subgraph      ${bsg.url}/graphql
Orders subgraph   ${orders.url}/graphql
Sandbox           ${sandbox.baseUrl}

Try:
  1. Query orders with the status of their SMS. BSG does not know one of them: it is null, with an error.
     curl ${hiveServer.url}/graphql -H 'content-type: application/json' \\
       -d '{"query":"{ orders { id sms { status isFinal } campaign { sent deliveryRate } } }"}'
  2. Send the same query to Apollo's gateway.
  3. Receive changes as they happen: sent after 5 seconds, delivered after 20.
     curl -N ${hiveServer.url}/graphql -H 'content-type: application/json' -H 'accept: text/event-stream' \\
       -d '{"query":"subscription { smsUpdates(references: [\\"moving_2\\"]) { ... on Sms { status isFinal } } }"}'
`);

await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
for (const server of [hiveServer, apolloServer, orders, bsg]) server.close();
await hive[Symbol.asyncDispose]();
await apollo.dispose();
await app.dispose();
await sandbox.close();

/** Starts a server on loopback. */
async function serve(listener: RequestListener, port = 0) {
  const server = createServer(listener);
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
