/** The command line. */
import cluster from 'node:cluster';
import manifest from '../../package.json' with { type: 'json' };
import { readConfig, readSandboxConfig } from '../config/config.ts';
import { ConfigError } from '../config/environment.ts';
import { redirectConsole } from '../ops/console.ts';
import { createLog } from '../ops/log.ts';
import { printClientSchema, printSchema } from '../schema/index.ts';
import { serve } from './serve.ts';
import { serveSandbox } from './serve-sandbox.ts';
import { serveWithWorkers } from './serve-with-workers.ts';

const HELP = `Usage: bsg-graphql [command]

  serve             run the GraphQL server (default)
  sandbox           run the BSG sandbox alone
  schema            print the GraphQL schema, for composing a supergraph
  schema --client   print it without federation, for front-end tools
  help, --help      print this
  --version         print the version

Environment variables configure it: see docs/configuration.md. Without BSG_API_KEY it runs on the sandbox.
`;

/** Runs a command with the environment. */
type Command = (environment: NodeJS.ProcessEnv) => void | Promise<void>;

const commands = new Map<string, Command>([
  ['serve', runServer],
  ['sandbox', (environment) => serveSandbox(readSandboxConfig(environment))],
  ['schema', () => void process.stdout.write(printSchema())],
  ['schema --client', () => void process.stdout.write(printClientSchema())],
  ['help', printHelp],
  ['--help', printHelp],
  ['-h', printHelp],
  ['--version', () => void process.stdout.write(`${manifest.version}\n`)],
]);

/** Runs a command, and exits with 1 where it is unknown or its configuration is invalid. */
export async function runCommand(name: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const run = commands.get(name);
  if (run === undefined) return reportUnknownCommand(name);
  try {
    await run(environment);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

async function runServer(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = readConfig(environment);
  const log = createLog({ ...config.log, isPretty: process.stdout.isTTY });
  redirectConsole(log);
  process.on('uncaughtException', (error) => {
    log.fatal(error, 'Uncaught exception; exiting.');
    process.exit(1);
  });
  if (config.http.workers > 1 && cluster.isPrimary) await serveWithWorkers(config.http, log);
  else await serve(config, log);
}

function printHelp(): void {
  process.stdout.write(HELP);
}

function reportUnknownCommand(name: string): void {
  process.stderr.write(`Unknown command ${JSON.stringify(name)}.\n\n${HELP}`);
  process.exitCode = 1;
}
