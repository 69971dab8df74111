/** The command line. */
import cluster from 'node:cluster';
import { readConfig, readSandboxConfig } from './config/config.ts';
import { ConfigError } from './config/environment.ts';
import { createLog } from './ops/log.ts';
import { serve } from './process/serve.ts';
import { serveSandbox } from './process/serve-sandbox.ts';
import { serveWithWorkers } from './process/serve-with-workers.ts';
import { printClientSchema, printSchema } from './schema/index.ts';

const HELP = `Usage: node dist/main.js [command]

  serve             run the GraphQL server (default)
  sandbox           run the BSG sandbox alone
  schema            print the GraphQL schema, for composing a supergraph
  schema --client   print it without federation, for front-end tools
  help              print this

Environment variables configure it: see docs/configuration.md.
`;

const commands = new Map<string, () => void | Promise<void>>([
  ['serve', runServer],
  ['sandbox', () => serveSandbox(readSandboxConfig(process.env))],
  ['schema', () => void process.stdout.write(printSchema())],
  ['schema --client', () => void process.stdout.write(printClientSchema())],
  ['help', printHelp],
  ['--help', printHelp],
  ['-h', printHelp],
]);

const command = process.argv.slice(2).join(' ') || 'serve';
try {
  await (commands.get(command) ?? reportUnknownCommand)();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function runServer(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog({ ...config.log, isPretty: process.stdout.isTTY });
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

function reportUnknownCommand(): void {
  process.stderr.write(`Unknown command ${JSON.stringify(command)}.\n\n${HELP}`);
  process.exitCode = 1;
}
