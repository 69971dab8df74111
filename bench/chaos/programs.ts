/** The programs of a run: built servers, and the Redis that they share. Each can crash, stop, continue and start again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startOptions } from '../../test/helpers/start-options.ts';

const REDIS_SERVER = process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server';

/** After it continues, a server takes a moment to catch up; after Redis is back, the servers take one to reconnect. */
const CATCHES_UP_MS = { server: 500, redis: 3_000 };

/** A program on a port of its own, which stays the same. */
export interface Program {
  readonly port: number;
  /** Whether it runs and is not stopped. */
  readonly isUp: boolean;
  start(): Promise<void>;
  /** Ends it as a crash would (SIGKILL). */
  kill(): Promise<void>;
  /** Makes it hang (SIGSTOP). */
  stop(): void;
  /** Ends a hang (SIGCONT). */
  continue(): void;
  /** Whether it was killed or hung at some time since then; milliseconds since 1970. */
  wasDisturbedSince(sinceMs: number): boolean;
  /** Resident memory; MB. */
  memoryMB(): number;
  /** The last lines that it printed. */
  output(): string;
}

/** Starts a built server as `npm start` does. */
export async function startServer(environment: Readonly<Record<string, string>>): Promise<Program> {
  const port = await freePort();
  const args = [...startOptions(), 'dist/main.js'];
  return startProgram('server', port, /GraphiQL/, () =>
    spawn(process.execPath, args, { env: { ...environment, PORT: String(port) }, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

/** Starts a Redis that keeps nothing on disk. */
export async function startRedis(): Promise<Program> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return startProgram('redis', port, /Ready to accept connections/, () =>
    spawn(REDIS_SERVER, args, { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

async function startProgram(
  kind: keyof typeof CATCHES_UP_MS,
  port: number,
  isReady: RegExp,
  run: () => ChildProcess,
): Promise<Program> {
  let child: ChildProcess;
  let isUp = false;
  let disturbedUntilMs = 0;
  let output = '';

  async function start(): Promise<void> {
    child = run();
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000);
    });
    let printed = '';
    for await (const text of child.stdout?.setEncoding('utf8').iterator({ destroyOnReturn: false }) ?? []) {
      printed += text;
      if (isReady.test(printed)) break;
    }
    if (!isReady.test(printed)) throw new Error(`It ended before it was ready:\n${printed}${output}`);
    child.stdout?.on('data', (text: string) => {
      output = (output + text).slice(-4_000);
    });
    comeBack();
  }

  function comeBack(): void {
    if (disturbedUntilMs > 0) disturbedUntilMs = Date.now() + CATCHES_UP_MS[kind];
    isUp = true;
  }

  function disturb(signal: NodeJS.Signals): void {
    isUp = false;
    disturbedUntilMs = Number.POSITIVE_INFINITY;
    child.kill(signal);
  }

  await start();
  return {
    port,
    start,
    get isUp() {
      return isUp;
    },
    async kill() {
      const ended = once(child, 'exit');
      disturb('SIGKILL');
      await ended;
    },
    stop: () => disturb('SIGSTOP'),
    continue() {
      child.kill('SIGCONT');
      comeBack();
    },
    wasDisturbedSince: (sinceMs) => disturbedUntilMs >= sinceMs,
    memoryMB: () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' })) / 1_000,
    output: () => output,
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
