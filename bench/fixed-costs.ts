/**
 * What each fixed part of a request costs: CPU time of a stored response with the part, less that without it.
 *
 * @example npm run bench fixed-costs
 */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { pino } from 'pino';
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';
import { createMetrics } from '../src/ops/metrics.ts';
import { startSandbox } from '../src/sandbox/server.ts';

const ROUNDS = 25;
const REQUESTS_PER_ROUND = 800;
const WARM_UP_REQUESTS = 8_000;
const MARK = 'HTTP/1.1 200 OK';
const PIPELINED = 8;
const TOKEN = 'token_of_a_benchmark';
const BODY = JSON.stringify({ query: 'query Message { sms(id: "211") { ... on Sms { id status price } } }' });

/** One way to run the server, or to call it. */
interface Variant {
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly header?: string;
  readonly level?: string;
  readonly hasSpans?: boolean;
  readonly hasFastPath?: boolean;
}

const sandbox = await startSandbox({ port: 0 });
const issuer = await startIssuer();
const plain: Variant = { name: 'none of these', header: 'x-request-id: 7\r\n' };
const variants: readonly Variant[] = [
  { name: 'request id, made for the request', header: '' },
  { name: 'rate limit in memory', environment: { RATE_LIMIT: '999999999' } },
  { name: 'log line, without writing it', level: 'info' },
  {
    name: 'static token',
    environment: { AUTH: '', AUTH_TOKENS: `bench:${TOKEN}` },
    header: `${plain.header}authorization: Bearer ${TOKEN}\r\n`,
  },
  {
    name: 'JWT, verified before',
    environment: { AUTH: '', ...issuer.environment },
    header: `${plain.header}authorization: Bearer ${issuer.token}\r\n`,
  },
  { name: 'spans, with an SDK that drops them', hasSpans: true },
  { name: 'prepared query, no stored response', environment: { RESPONSE_CACHE_BYTES: '0' } },
  { name: 'Yoga', hasFastPath: false },
];

const provider = new NodeTracerProvider();
const without = await start(plain);
const base: number[] = [];
print('part of a request', 'µs of CPU time');
for (const variant of variants) {
  const measure = await start({ ...plain, ...variant });
  const differences: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [lower, upper] = [await without(), await measure()];
    // The first one warms up.
    if (round > 0) {
      base.push(lower);
      differences.push(upper - lower);
    }
  }
  print(variant.name, median(differences).toFixed(1));
}
print('metrics', microsOfMetrics().toFixed(1));
print(plain.name, `${median(base).toFixed(1)}, the client in the same process included`);
process.exit(0);

/** Starts a server, and returns what measures the CPU time of one request to it in microseconds. */
async function start({ environment, header = '', level = 'silent', hasSpans = false, hasFastPath = true }: Variant) {
  const config = {
    BSG_API_KEY: 'live_bench',
    BSG_BASE_URL: sandbox.baseUrl,
    AUTH: 'none',
    RATE_LIMIT: '0',
    ...environment,
  };
  const app = createApp(readConfig(config), pino({ level }, { write: () => {} }), { hasFastPath });
  const port = await listen(app.listener);
  const head = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${header}`;
  const request = `${head}content-length: ${BODY.length}\r\n\r\n${BODY}`;
  await send(port, request, WARM_UP_REQUESTS);
  return async () => {
    if (hasSpans) provider.register();
    await send(port, request, PIPELINED);
    const before = process.cpuUsage();
    await send(port, request, REQUESTS_PER_ROUND);
    const { user, system } = process.cpuUsage(before);
    if (hasSpans) trace.disable();
    return (user + system) / REQUESTS_PER_ROUND;
  };
}

/** Sends a request so many times on one connection, and resolves when each is answered with 200. */
async function send(port: number, request: string, count: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(request.repeat(PIPELINED));
  let answered = 0;
  let rest = '';
  for await (const chunk of socket.setEncoding('latin1')) {
    const text = rest + chunk;
    answered += text.split(MARK).length - 1;
    // A chunk may end within a mark.
    rest = text.slice(1 - MARK.length);
    if (answered >= count) break;
    if (answered % PIPELINED === 0) socket.write(request.repeat(PIPELINED));
  }
  if (answered < count) throw new Error('The server closed the connection.');
}

function microsOfMetrics(): number {
  const none = () => 0;
  const metrics = createMetrics({
    isBreakerOpen: () => false,
    isMassStatusMissing: () => false,
    isRedisUp: null,
    pollers: none,
    streams: none,
    responseCache: () => ({ hits: 0, misses: 0, bytes: 0 }),
  });
  const calls = 300_000;
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) {
    metrics.onRead({ tier: 'memory', outcome: 'found' });
    metrics.onRequest({ operation: { type: 'query', name: 'Message' }, outcome: 'ok', seconds: 0.001 });
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / calls;
}

async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: '1', alg: 'ES256' }] });
  const port = await listen((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(keys));
  const token = await new SignJWT({ sub: 'bench', iss: 'https://issuer.example', aud: 'bsg' })
    .setExpirationTime('1h')
    .setProtectedHeader({ alg: 'ES256', kid: '1' })
    .sign(privateKey);
  const environment = {
    AUTH_JWKS_URL: `http://127.0.0.1:${port}/`,
    AUTH_ISSUER: 'https://issuer.example',
    AUTH_AUDIENCE: 'bsg',
  };
  return { token, environment };
}

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(40)}${value}\n`);
}
