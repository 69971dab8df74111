/**
 * The CPU time of `_entities` with 100 references, and of `smsBatch` with the same 100 ids: cached, and never seen. Each is
 * measured right after the other, and the ratio is the median of the rounds. A fake BSG runs in a process of its own.
 *
 * @example npm run bench entities
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ExecutionResult } from 'graphql';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';

const KEYS = 100;
const CACHED_IDS = 1_000;
const ROUNDS = 11;
const REQUESTS_PER_ROUND = 20;
const WARM_UP_ROUNDS = 5;

const SELECTION = '{ __typename ... on Sms { id status price } }';
const QUERIES = {
  _entities: {
    query: `query ($representations: [_Any!]!) { _entities(representations: $representations) ${SELECTION} }`,
    variables: (ids: readonly string[]) => ({ representations: ids.map((id) => ({ __typename: 'Sms', id })) }),
  },
  smsBatch: {
    query: `query ($ids: [ID!]!) { smsBatch(ids: $ids) { results ${SELECTION} } }`,
    variables: (ids: readonly string[]) => ({ ids }),
  },
};

if (process.argv[2] === 'bsg') await serveBsg();
else await run();

async function serveBsg(): Promise<void> {
  process.once('disconnect', process.exit);
  const bsg = createServer(async (request, response) => {
    const { ids } = (await json(request)) as { readonly ids: readonly number[] };
    const result = ids.map((id) => ({
      id,
      external_id: `ref_${id}`,
      status: 'delivered',
      price: 0.23,
      currency: 'EUR',
    }));
    response.end(JSON.stringify({ result }));
  });
  bsg.keepAliveTimeout = 60_000;
  await once(bsg.listen(0, '127.0.0.1'), 'listening');
  process.send?.((bsg.address() as AddressInfo).port);
}

async function run(): Promise<void> {
  const bsg = fork(fileURLToPath(import.meta.url), ['bsg']);
  const [port] = await once(bsg, 'message');
  const app = createApp(
    readConfig({
      BSG_API_KEY: 'live_bench',
      BSG_BASE_URL: `http://127.0.0.1:${port}`,
      LOG_LEVEL: 'warn',
      RATE_LIMIT: '0',
    }),
  );
  let next = CACHED_IDS;
  const workloads = {
    // In another order each time, so that no response is one that was sent before.
    cached: () => Array.from({ length: KEYS }, () => String(1 + Math.floor(Math.random() * CACHED_IDS))),
    'never seen': () => Array.from({ length: KEYS }, () => String(++next)),
  };
  const everyId = Array.from({ length: CACHED_IDS }, (_, i) => String(i + 1));
  for (let i = 0; i < CACHED_IDS; i += KEYS)
    await app.fetch('http://localhost/graphql', requestOf('smsBatch', everyId.slice(i, i + KEYS)));

  print('| 100 keys | _entities, CPU ms | smsBatch, CPU ms | ratio |');
  print('| --- | --: | --: | --: |');
  for (const [name, ids] of Object.entries(workloads)) {
    const rounds: { readonly entities: number; readonly batch: number }[] = [];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      rounds.push({ entities: await cpuMsOf(app, '_entities', ids), batch: await cpuMsOf(app, 'smsBatch', ids) });
    }
    const measured = rounds.slice(WARM_UP_ROUNDS);
    const entities = median(measured.map((round) => round.entities));
    const batch = median(measured.map((round) => round.batch));
    const ratio = median(measured.map((round) => round.entities / round.batch));
    print(`| ${name} | ${entities.toFixed(2)} | ${batch.toFixed(2)} | ${ratio.toFixed(2)} |`);
  }
  bsg.kill();
  await app.dispose();
}

/** The mean of a round, per request. */
async function cpuMsOf(app: App, field: Field, ids: () => readonly string[]): Promise<number> {
  const requests = Array.from({ length: REQUESTS_PER_ROUND }, () => requestOf(field, ids()));
  const before = process.cpuUsage();
  const responses = [];
  for (const request of requests) responses.push(await (await app.fetch('http://localhost/graphql', request)).text());
  const { user, system } = process.cpuUsage(before);
  for (const response of responses) validate(field, JSON.parse(response));
  return (user + system) / 1_000 / REQUESTS_PER_ROUND;
}

function requestOf(field: Field, ids: readonly string[]): RequestInit {
  const { query, variables } = QUERIES[field];
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: variables(ids) }),
  };
}

function validate(field: Field, { data, errors }: ExecutionResult): void {
  const value = data?.[field] as { readonly results?: readonly unknown[] } & readonly unknown[];
  const results = value?.results ?? value;
  if (errors !== undefined || results.length !== KEYS || results.includes(null))
    throw new Error(`Unexpected response of ${field}: ${JSON.stringify(errors ?? data)}`);
}

type Field = keyof typeof QUERIES;
type App = ReturnType<typeof createApp>;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
