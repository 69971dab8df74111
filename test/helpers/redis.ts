/** A Redis server of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { onTestFinished } from 'vitest';
import { freePort } from './http.ts';

/** Path of the Redis server that tests start; suites that need it are skipped where there is none. @default Debian's */
export const REDIS_SERVER = process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server';
/** Whether tests can start a Redis. */
export const hasRedis = existsSync(REDIS_SERVER);

/** A folder that is removed with the test: a replica writes what it was sent, and the next server would read it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A Redis of the test's own on loopback, that it may stop and start. */
export interface TestRedis {
  readonly url: string;
  /** For reading what is in it. */
  readonly client: Redis;
  start(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Makes it accept connections and answer nothing, until it is continued. */
  freeze(): void;
  unfreeze(): void;
}

/**
 * Starts a Redis that lives as long as the test and keeps nothing on disk.
 *
 * @param options Further arguments of `redis-server`.
 * @param portOption For TLS: `--tls-port`.
 */
export async function startRedis(options: readonly string[] = [], portOption = '--port'): Promise<TestRedis> {
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const args = [
      portOption,
      String(port),
      '--dir',
      folder,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      ...options,
    ];
    server = spawn(REDIS_SERVER, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const text of server.stdout ?? []) if (String(text).includes('Ready to accept connections')) break;
  }
  async function kill(): Promise<void> {
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'close');
    server.kill('SIGKILL');
    await ended;
  }

  await start();
  const client = new Redis(url, { lazyConnect: true });
  client.on('error', () => {});
  onTestFinished(async () => {
    client.disconnect();
    await kill();
  });
  return {
    url,
    client,
    start,
    kill,
    freeze: () => void server?.kill('SIGSTOP'),
    unfreeze: () => void server?.kill('SIGCONT'),
  };
}
