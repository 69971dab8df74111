/**
 * Memory, polling and latency of 10,000 subscriptions to 100 messages on one process. Each message changes twice. The server
 * runs in a process of its own; the benchmark takes a minute.
 *
 * @example npm run bench live
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';

const SUBSCRIBERS = 10_000;
const MESSAGES = 100;
const IDLE_SECONDS = 10;

type Order = { readonly order: 'status'; readonly status: string } | { readonly order: 'report' };
interface Report {
  readonly requests: number;
  readonly rssBytes: number;
}

if (process.argv[2] === 'server') await serve();
else await listen();

/** The server and its BSG, which counts the requests. */
async function serve(): Promise<void> {
  const { createServer } = await import('node:http');
  let status = 'scheduled';
  let requests = 0;
  const bsg = createServer(async (request, response) => {
    requests++;
    const { url = '' } = request;
    if (url === '/sms/getStatus') {
      const { ids } = (await json(request)) as { readonly ids: readonly number[] };
      response.end(JSON.stringify({ result: ids.map((id) => ({ id, status, external_id: null })) }));
    } else response.end(JSON.stringify({ error: 0, id: url.split('/').at(-1), status, reference: null }));
  });
  await once(bsg.listen(0, '127.0.0.1'), 'listening');
  const config = readConfig({
    BSG_API_KEY: 'live_bench',
    BSG_BASE_URL: `http://127.0.0.1:${portOf(bsg.address())}`,
    LOG_LEVEL: 'warn',
  });
  const server = createServer(createApp(config).listener);
  await once(server.listen({ port: 0, host: '127.0.0.1', backlog: SUBSCRIBERS }), 'listening');

  process.on('message', (order: Order) => {
    if (order.order === 'status') status = order.status;
    globalThis.gc?.();
    process.send?.({ requests, rssBytes: process.memoryUsage().rss } satisfies Report);
  });
  process.send?.(portOf(server.address()));
}

/** The subscribers, and what they measure. */
async function listen(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ['server'], { execArgv: [...process.execArgv, '--expose-gc'] });
  const [port] = await once(server, 'message');
  const send = async (order: Order): Promise<Report> => {
    server.send(order);
    const [report] = await once(server, 'message');
    return report;
  };

  const before = await send({ order: 'report' });
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const seen = { count: 0, atMs: [] as number[] };
  for (let i = 0; i < SUBSCRIBERS; i++) {
    open(agent, port, String(1_000 + (i % MESSAGES)), () => {
      seen.count++;
      seen.atMs.push(performance.now());
    });
    // No more at once than the queue of the server's port holds.
    if (i % 200 === 199) await until(() => seen.count >= i - 1_000);
  }
  await until(() => seen.count >= SUBSCRIBERS);

  const open_ = await send({ order: 'report' });
  print(
    `${SUBSCRIBERS} subscriptions to ${MESSAGES} messages: ${Math.round((open_.rssBytes - before.rssBytes) / SUBSCRIBERS / 1_024)} KiB each`,
  );
  await pause(IDLE_SECONDS * 1_000);
  const idle = await send({ order: 'report' });
  print(
    `requests to BSG while nothing changes: ${((idle.requests - open_.requests) / IDLE_SECONDS).toFixed(1)} a second`,
  );

  for (const status of ['sent', 'delivered']) {
    seen.count = 0;
    seen.atMs = [];
    const changedAtMs = performance.now();
    await send({ order: 'status', status });
    await until(() => seen.count >= SUBSCRIBERS);
    const delays = seen.atMs.map((atMs) => atMs - changedAtMs).sort((a, b) => a - b);
    const quantile = (share: number) => Math.round(delays[Math.ceil(share * delays.length) - 1] ?? Number.NaN);
    print(
      `${status} reaches the subscribers after ${quantile(0.5)} ms (median), ${quantile(0.99)} ms (99th percentile), ${quantile(1)} ms (last)`,
    );
  }
  agent.destroy();
  server.kill();
}

function open(agent: Agent, port: number, id: string, onEvent: () => void): void {
  const query = encodeURIComponent(`subscription { smsUpdates(ids: ["${id}"]) { ... on Sms { id status } } }`);
  const options = {
    agent,
    port,
    host: '127.0.0.1',
    path: `/graphql?query=${query}`,
    headers: { accept: 'text/event-stream' },
  };
  const call = request(options, (response) => {
    response.setEncoding('utf8').on('data', (text: string) => {
      for (const _ of text.matchAll(/event: next/g)) onEvent();
    });
    response.on('error', () => {});
  });
  call.on('error', () => {});
  call.end();
}

async function until(condition: () => boolean): Promise<void> {
  for (const endsAt = performance.now() + 120_000; performance.now() < endsAt; await pause(10)) if (condition()) return;
  throw new Error('Timed out after two minutes.');
}

function portOf(address: unknown): number {
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
