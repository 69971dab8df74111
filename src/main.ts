import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type Config, readConfig, readSandboxConfig } from './config/config.ts';
import { ConfigError } from './config/environment.ts';
import { createOpsListener, type Readiness } from './ops/endpoints.ts';
import { createLog, flushLog, type Log } from './ops/log.ts';
import { metricsOfWorkers, shareMetrics } from './ops/metrics.ts';
import { shutDown } from './ops/shutdown.ts';
import { startWorkers, type Workers } from './ops/workers.ts';
import { type Sandbox, startSandbox } from './sandbox/server.ts';
import { printSchema } from './schema/index.ts';

const HELP = `Usage: node dist/main.js [command]

  serve     run the GraphQL server (default)
  sandbox   run the embedded stand-in for BSG alone
  schema    print the schema, for composing a supergraph
  help      print this

The environment configures it; the README lists every variable.
`;

const commands = new Map<string, () => void | Promise<void>>([
  ['serve', serve],
  ['sandbox', runSandbox],
  ['schema', () => print(printSchema())],
  ['help', () => print(HELP)],
  ['--help', () => print(HELP)],
  ['-h', () => print(HELP)],
]);

/** Balancers keep idle connections for 60 seconds as a rule. */
const KEEP_ALIVE_MS = 65_000;

/** What a worker may take beyond that, to close what it has open. */
const WORKER_GRACE_MS = 2_000;

/** Signals of one wish come together: from a terminal, and once more from who was told first. */
const SAME_WISH_MS = 1_000;

/** What a server that listens has to say. */
interface Listening {
  readonly config: Config;
  readonly url: string;
  readonly opsUrl: string | null;
  readonly sandbox: Sandbox | null;
}

const [command = 'serve'] = process.argv.slice(2);
try {
  await (commands.get(command) ?? unknownCommand)();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ ...config.log, isPretty: process.stdout.isTTY });
  process.on('uncaughtException', (error) => {
    log.fatal(error, 'A fault that no one foresaw: the process ends.');
    process.exit(1);
  });
  if (config.http.workers > 1 && cluster.isPrimary) await serveByWorkers(config, log);
  else await serveAlone(config, log);
}

async function serveAlone(config: Config, log: Log): Promise<void> {
  const { host, port, opsPort, shutdownMs } = config.http;
  const sandbox = config.sandbox === null ? null : await startSandbox(config.sandbox).catch(blame('SANDBOX_PORT'));
  const app = createApp(
    sandbox === null ? config : { ...config, bsg: { ...config.bsg, baseUrl: sandbox.baseUrl } },
    log,
  );
  if (cluster.isWorker) shareMetrics(app.registry);
  const server = createServer(app.listener);
  // Longer than what balancers keep idle connections for, so that they close them, and never send on one that is gone.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = await listen(server, host, port, 'PORT');
  // With workers, the primary has this port, and asks each of them for its metrics.
  const opsServer = opsPort === null || cluster.isWorker ? null : createServer(app.opsListener);
  const opsUrl = opsServer === null ? null : await listen(opsServer, host, opsPort ?? 0, 'OPS_PORT');
  announce({ config, url, opsUrl, sandbox }, log);

  onSignal(async () => {
    log.info('Draining: what is in flight is answered.');
    app.drain();
    await shutDown(server, { shutdownMs, endStreams: app.endStreams });
    await app.dispose();
    await sandbox?.close();
    opsServer?.close();
    opsServer?.closeAllConnections();
  });
}

/** The primary only keeps the workers, and answers for all of them on the port of the operators. */
async function serveByWorkers(
  { http: { host, opsPort, workers: count, shutdownMs } }: Config,
  log: Log,
): Promise<void> {
  let workers: Workers | null = null;
  let isDraining = false;
  function readiness(): Readiness {
    const listening = workers?.listening ?? 0;
    const status = isDraining ? 'draining' : listening === 0 ? 'starting' : 'ready';
    return { status, parts: { workers: `${listening} of ${count}` } };
  }
  const opsServer = createServer(createOpsListener({ readiness, registry: metricsOfWorkers() }));
  const opsUrl = await listen(opsServer, host, opsPort ?? 0, 'OPS_PORT');
  const starting = startWorkers(count, log);
  onSignal(async (signal) => {
    isDraining = true;
    await (await starting).end(signal, shutdownMs + WORKER_GRACE_MS);
    opsServer.close();
    opsServer.closeAllConnections();
  });
  workers = await starting;
  log.info({ workers: count, opsUrl }, 'All workers listen.');
}

/** Resolves to its address. Throws a {@link ConfigError} that names the variable. */
async function listen(server: Server, host: string, port: number, variable: string): Promise<string> {
  await once(server.listen(port, host), 'listening').catch(blame(variable));
  return urlOf(server.address() as AddressInfo);
}

async function runSandbox(): Promise<void> {
  const sandbox = await startSandbox(readSandboxConfig(process.env)).catch(blame('SANDBOX_PORT'));
  print(`BSG sandbox: ${sandbox.baseUrl}

Try:  curl -H 'X-API-KEY: test_me' ${sandbox.baseUrl}/sms/211
`);
  onSignal(() => sandbox.close());
}

/**
 * Ends in order at the first signal, and at once at a second one, unless that is of the same wish: a terminal tells all
 * processes, and `npm` and the primary of workers pass on what they were told.
 */
function onSignal(end: (signal: NodeJS.Signals) => Promise<void>): void {
  let toldAtMs: number | null = null;
  function take(signal: NodeJS.Signals): void {
    if (toldAtMs === null) {
      toldAtMs = performance.now();
      // Not left to itself: a log that nobody reads would keep the process.
      void end(signal)
        .then(flushLog)
        .then(() => process.exit(0));
    } else if (!cluster.isWorker && performance.now() - toldAtMs > SAME_WISH_MS) {
      process.exit(1);
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, take);
}

/** In words for who tries it out; where it is deployed, a line of the log like any other. */
function announce({ config, url, opsUrl, sandbox }: Listening, log: Log): void {
  if (config.isProduction) log.info({ url, opsUrl }, 'Listening.');
  else print(greeting({ config, url, opsUrl, sandbox }));
}

function greeting({ config, url, opsUrl, sandbox }: Listening): string {
  const answers =
    sandbox === null
      ? 'BSG answers, with your key.'
      : `NO KEY: answers are made up. The embedded sandbox stands in for BSG; set BSG_API_KEY to ask BSG.
Sandbox     ${sandbox.baseUrl}`;
  const token = config.auth === null ? '' : ` -H 'authorization: Bearer <a token>'`;
  return `bsg-graphql listens on ${config.http.host}.
${answers}
${config.queries.introspection ? 'GraphiQL ' : 'Endpoint '}   ${url}/graphql${opsUrl === null ? '' : `\nOperators   ${opsUrl}`}

Try:
  1. ${whatToOpen(config, sandbox)}
  2. curl ${url}/graphql${token} -H 'content-type: application/json' \\
       -d '{"query":"{ sms(id: \\"${sandbox === null ? '<an id>' : '211'}\\") { ... on Sms { status isFinal } ... on BsgErrorDetails { code message } } }"}'
  3. ${
    sandbox === null
      ? 'npm run schema, and compose schema.graphql into your graph.'
      : `curl -X PUT ${sandbox.baseUrl}/sms/create -H 'X-API-KEY: test_me' \\
       -d '{"destination":"phone","originator":"me","body":"hi","msisdn":"380972000001","reference":"my_1"}'
     and ask for smsByReference(reference: "my_1") while it moves.`
  }
`;
}

function whatToOpen({ auth, queries }: Config, sandbox: Sandbox | null): string {
  if (!queries.introspection) return 'INTROSPECTION=on, for GraphiQL.';
  if (auth !== null) return 'Open GraphiQL in a browser, and put a token into the headers of a tab.';
  const examples =
    sandbox === null ? 'its tabs are examples; put in ids of your own' : 'its tabs are examples that run';
  return `Open GraphiQL in a browser: ${examples}.`;
}

function urlOf({ address, port, family }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

function unknownCommand(): void {
  process.stderr.write(`There is no command ${JSON.stringify(command)}.\n\n${HELP}`);
  process.exitCode = 1;
}

/** Says of an address that cannot be listened on which variable chose it. */
function blame(portVariable: string): (error: Error) => never {
  return (error) => {
    const isOfHost = /ENOTFOUND|EADDRNOTAVAIL|EAI_AGAIN/.test(error.message);
    throw new ConfigError(`${error.message}: set ${isOfHost ? 'HOST' : portVariable} to another`);
  };
}

function print(text: string): void {
  process.stdout.write(text);
}
