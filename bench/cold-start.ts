/**
 * The time from the spawn of the server to its first GraphQL response, and its memory. A bare node:http server is the baseline
 * of the ratio. Arguments are other programs than `dist/main.js`, each with its options for Node.
 *
 * @example npm run build && npm run bench cold-start
 * @example npm run bench cold-start "dist/main.js" "--enable-source-maps dist/main.js"
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const STARTS = 11;
const QUERIES = 5_000;
const CONCURRENCY = 32;

/** Measurements of one start. */
interface Start {
  readonly firstResponseMs: number;
  readonly idleMiB: number;
  readonly usedMiB: number;
}

const BARE = `import { createServer } from 'node:http';
const server = createServer((_, response) => response.end('{"data":{"sms":{"status":"DELIVERED"}}}'));
server.listen(0, '127.0.0.1', () => console.log('GraphiQL http://127.0.0.1:' + server.address().port));`;

const messageOf = (id: unknown) => ({ error: 0, id, status: 'delivered', reference: null });
const upstream = createServer(async (call, response) => {
  const answer =
    call.method === 'POST'
      ? { result: ((await json(call)) as { readonly ids: readonly unknown[] }).ids.map(messageOf) }
      : messageOf(call.url?.split('/').at(-1));
  response.end(JSON.stringify(answer));
});
await once(upstream.listen(0, '127.0.0.1'), 'listening');
const environment = {
  PORT: '0',
  AUTH: 'none',
  BSG_API_KEY: 'live_bench',
  BSG_BASE_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
};

const programs = process.argv.length > 2 ? process.argv.slice(2) : ['dist/main.js'];
const contenders = new Map([
  ['bare node:http', ['--input-type=module', '--eval', BARE]],
  ...programs.map((program): [string, string[]] => [program, program.split(' ')]),
]);
const starts = new Map([...contenders.keys()].map((name) => [name, [] as Start[]]));
// Taken in turns, so that other load on the machine affects all alike.
for (let round = 0; round < STARTS; round++) {
  for (const [name, args] of contenders) starts.get(name)?.push(await measure(args));
}
const bareMs = median((starts.get('bare node:http') ?? []).map((start) => start.firstResponseMs));
print(
  `| median of ${STARTS}, Node ${process.versions.node} | first response | ratio | memory idle | after ${QUERIES} queries |`,
);
print('| --- | --- | --- | --- | --- |');
for (const [name, all] of starts) {
  const ms = median(all.map((start) => start.firstResponseMs));
  const idle = median(all.map((start) => start.idleMiB));
  const used = median(all.map((start) => start.usedMiB));
  print(
    `| ${name} | ${ms.toFixed(0)} ms | ${(ms / bareMs).toFixed(1)} | ${idle.toFixed(0)} MiB | ${used.toFixed(0)} MiB |`,
  );
}
upstream.close();

async function measure(args: readonly string[]): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await addressOf(child);
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
  await query(address, agent, 211);
  const firstResponseMs = performance.now() - startedAt;
  const idleMiB = residentMiB(child);

  let sent = 0;
  const worker = async () => {
    // Every second one is a cache miss.
    while (sent < QUERIES) await query(address, agent, ++sent % 2 === 0 ? 211 : 1_000 + sent);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const usedMiB = residentMiB(child);

  agent.destroy();
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return { firstResponseMs, idleMiB, usedMiB };
}

/** The address that it prints behind "GraphiQL" once it listens. */
async function addressOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('Its output is not piped.');
  let output = '';
  for await (const text of stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += text;
    const address = /GraphiQL +(\S+)\s/.exec(output)?.[1];
    if (address === undefined) continue;
    // Further output is dropped, so that the server never blocks on a full pipe.
    stdout.resume();
    return address;
  }
  throw new Error(`It ended before it listened:\n${output}`);
}

async function query(address: string, agent: Agent, id: number): Promise<void> {
  const call = request(address, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
  call.end(JSON.stringify({ query: 'query ($id: ID!) { sms(id: $id) { ... on Sms { status } } }', variables: { id } }));
  const [response] = await once(call, 'response');
  let body = '';
  for await (const text of response.setEncoding('utf8')) body += text;
  if (body !== '{"data":{"sms":{"status":"DELIVERED"}}}') throw new Error(`Unexpected response: ${body}`);
}

function residentMiB({ pid }: ChildProcess): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
