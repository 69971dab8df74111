import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig, readSandboxConfig } from './config.ts';
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
  const sandbox = config.sandbox === null ? null : await startSandbox(config.sandbox).catch(blame('SANDBOX_PORT'));
  const app = createApp(sandbox === null ? config : { ...config, bsg: { ...config.bsg, baseUrl: sandbox.baseUrl } });
  const server = createServer(app.listener);
  await once(server.listen(config.http.port, config.http.host), 'listening').catch(blame('PORT'));
  print(greeting(urlOf(server.address() as AddressInfo), config, sandbox));

  onSignal(async () => {
    const closed = once(server, 'close');
    server.close();
    app.endStreams();
    // A connection that was busy becomes idle when its answer is out; kept alive, it would hold the process, and might bring
    // one more stream.
    const sweep = setInterval(() => {
      app.endStreams();
      server.closeIdleConnections();
    }, 50);
    // Twice what a look-up may take: what then still holds up the end is not waiting for BSG.
    const giveUp = setTimeout(() => server.closeAllConnections(), 2 * config.bsg.timeoutMs);
    await closed;
    clearInterval(sweep);
    clearTimeout(giveUp);
    await app.dispose();
    await sandbox?.close();
  });
}

async function runSandbox(): Promise<void> {
  const sandbox = await startSandbox(readSandboxConfig(process.env)).catch(blame('SANDBOX_PORT'));
  print(`BSG sandbox: ${sandbox.baseUrl}

Try:  curl -H 'X-API-KEY: test_me' ${sandbox.baseUrl}/sms/211
`);
  onSignal(() => sandbox.close());
}

/** Ends in order at the first signal; a second one ends the process at once, as signals do by default. */
function onSignal(end: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void end();
    });
  }
}

function greeting(url: string, { http }: Config, sandbox: Sandbox | null): string {
  const answers =
    sandbox === null
      ? 'BSG answers, with your key.'
      : `NO KEY: answers are made up. The embedded sandbox stands in for BSG; set BSG_API_KEY to ask BSG.
Sandbox     ${sandbox.baseUrl}`;
  const id = sandbox === null ? '<an id>' : '211';
  return `bsg-graphql listens on ${http.host}.
${answers}
GraphiQL    ${url}/graphql

Try:
  1. Open GraphiQL in a browser: its tabs are examples that run.
  2. curl ${url}/graphql -H 'content-type: application/json' \\
       -d '{"query":"{ sms(id: \\"${id}\\") { ... on Sms { status isFinal } ... on BsgErrorDetails { code message } } }"}'
  3. ${
    sandbox === null
      ? 'npm run schema, and compose schema.graphql into your graph.'
      : `curl -X PUT ${sandbox.baseUrl}/sms/create -H 'X-API-KEY: test_me' \\
       -d '{"destination":"phone","originator":"me","body":"hi","msisdn":"380972000001","reference":"my_1"}'
     and ask for smsByReference(reference: "my_1") while it moves.`
  }
`;
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
