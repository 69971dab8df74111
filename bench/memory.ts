/**
 * The memory of the built server with a full cache and under load, and what its load costs. Each argument is a set of options of
 * Node to compare, and the server runs on the Node that runs this.
 *
 * @example npm run build && npm run bench memory
 * @example npm run bench -- memory "--max-semi-space-size=8" "--max-semi-space-size=32"
 * @example npx -y -p node@22 npm run bench memory
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { startOptions } from '../test/helpers/start-options.ts';

/** With a reference each, these are the 100,000 entries of `CACHE_MAX_ENTRIES`. */
const MESSAGES = 50_000;
const BATCH = 100;
const LOAD_BATCHES = 300;
const HOT_QUERIES = 10_000;
const CONCURRENCY = 16;
const FIRST_ID = 3_266_500_000;

const QUERY =
  'query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id reference status isFinal msisdn timeSent timeDr price currency } } }';

/** What `/metrics` says of the process. */
interface Reading {
  readonly rssMB: number;
  readonly heapMB: number;
  readonly cpuMs: number;
}

const upstream = createServer(async (call, response) => {
  const { ids } = (await json(call)) as { readonly ids: readonly number[] };
  response.end(JSON.stringify({ result: ids.map(itemOf) }));
});
await once(upstream.listen(0, '127.0.0.1'), 'listening');
const environment = {
  PORT: '0',
  AUTH: 'none',
  LOG_LEVEL: 'warn',
  RATE_LIMIT: '0',
  BSG_API_KEY: 'live_bench',
  BSG_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
};

print(`Node ${process.versions.node}: MB of memory (RSS), ms of processor time per batch of ${BATCH} or per query`);
print('| options | idle | full cache | its heap | peak under load | cold batch | hot query |');
print('| --- | --: | --: | --: | --: | --: | --: |');
const variants = process.argv.length > 2 ? process.argv.slice(2) : [startOptions().join(' ')];
for (const options of variants) await measure(options);
upstream.close();

async function measure(options: string): Promise<void> {
  const child = spawn(process.execPath, [...options.split(' ').filter(Boolean), 'dist/main.js'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await addressOf(child);
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  const send = (ids: readonly number[]) => query(address, agent, ids);
  const idle = await read(address);

  let peakMB = 0;
  let nextId = FIRST_ID;
  const coldBatch = async () => {
    const first = nextId;
    nextId += BATCH;
    await send(Array.from({ length: BATCH }, (_, i) => first + i));
  };
  await inParallel(MESSAGES / BATCH, coldBatch);
  const full = await read(address);
  // Beyond the bound of the cache: each of these evicts what the first ones put there.
  await inParallel(LOAD_BATCHES, async () => {
    await coldBatch();
    if (nextId % 1_000 === 0) peakMB = Math.max(peakMB, (await read(address)).rssMB);
  });
  const cold = await read(address);
  const hotId = nextId - 1;
  await inParallel(HOT_QUERIES, () => send([hotId]));
  const hot = await read(address);

  const cells = [
    options === '' ? 'none' : `\`${options}\``,
    ...[idle.rssMB, full.rssMB, full.heapMB].map((mb) => mb.toFixed(0)),
    Math.max(peakMB, cold.rssMB, hot.rssMB).toFixed(0),
    ((cold.cpuMs - full.cpuMs) / LOAD_BATCHES).toFixed(2),
    ((hot.cpuMs - cold.cpuMs) / HOT_QUERIES).toFixed(3),
  ];
  print(`| ${cells.join(' | ')} |`);
  agent.destroy();
  child.kill('SIGKILL');
  await once(child, 'exit');
}

async function inParallel(count: number, run: () => Promise<void>): Promise<void> {
  let started = 0;
  const worker = async () => {
    while (started++ < count) await run();
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** The address that the server prints behind "GraphiQL" once it listens. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('Its output is not piped.');
  let output = '';
  for await (const part of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += part;
    const address = /GraphiQL +(\S+)\/graphql/.exec(output)?.[1];
    if (address === undefined) continue;
    stdout.resume();
    return address;
  }
  throw new Error(`It ended before it listened:\n${output}`);
}

async function query(address: string, agent: Agent, ids: readonly number[]): Promise<void> {
  const call = request(`${address}/graphql`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json' },
  });
  call.end(JSON.stringify({ query: QUERY, variables: { ids } }));
  const [response] = await once(call, 'response');
  const body = await text(response);
  if (response.statusCode !== 200 || !body.includes(`"order_${ids[0]}"`)) throw new Error(`Unexpected: ${body}`);
}

async function read(address: string): Promise<Reading> {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(metrics)?.[1]);
  return {
    rssMB: metric('process_resident_memory_bytes') / 1e6,
    heapMB: metric('nodejs_heap_size_used_bytes') / 1e6,
    cpuMs: metric('process_cpu_seconds_total') * 1e3,
  };
}

function itemOf(id: number) {
  const time = new Date(id * 500).toISOString().slice(0, 19).replace('T', ' ');
  const times = { time_sent: time, time_dr: time };
  return {
    id,
    msisdn: `38097${id % 1e7}`,
    external_id: `order_${id}`,
    status: 'delivered',
    ...times,
    price: 0.23,
    currency: 'EUR',
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
