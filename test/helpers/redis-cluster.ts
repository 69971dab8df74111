/** A Redis Cluster of the test's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { freePort } from './http.ts';
import { REDIS_SERVER, temporaryFolder } from './redis.ts';

/** One node, that a test may end. */
export interface ClusterNode {
  readonly url: string;
  readonly client: Redis;
  kill(): void;
}

const LAST_SLOT = 16_383;

/** Starts three masters that share the slots, and a replica of the first, which takes over when that is killed. */
export async function startCluster(): Promise<readonly ClusterNode[]> {
  const started = await Promise.all([0, 1, 2, 3].map(startNode));
  const [first, second, third, replica] = started as [StartedNode, StartedNode, StartedNode, StartedNode];
  const masters = [first, second, third];

  for (const { port, busPort } of started.slice(1))
    await first.client.call('cluster', 'meet', '127.0.0.1', port, busPort);
  await Promise.all(
    masters.map(({ client }, i) => {
      const from = Math.floor((i * (LAST_SLOT + 1)) / masters.length);
      const to = Math.floor(((i + 1) * (LAST_SLOT + 1)) / masters.length) - 1;
      return client.call('cluster', 'addslotsrange', from, to);
    }),
  );
  const firstId = String(await first.client.call('cluster', 'myid'));
  await expect.poll(() => replica.client.call('cluster', 'replicate', firstId).catch(String)).toBe('OK');
  for (const { client } of started) {
    await expect.poll(() => client.call('cluster', 'info')).toMatch(/cluster_state:ok[\s\S]*cluster_known_nodes:4/);
    await expect.poll(() => client.call('cluster', 'nodes')).toMatch(/slave /);
  }
  await expect.poll(() => replica.client.call('info', 'replication')).toContain('master_link_status:up');
  return started;
}

interface StartedNode extends ClusterNode {
  readonly port: number;
  readonly busPort: number;
}

async function startNode(): Promise<StartedNode> {
  const [port, busPort] = await Promise.all([freePort(), freePort()]);
  const cluster = ['--dir', temporaryFolder(), '--cluster-enabled', 'yes', '--cluster-node-timeout', '1500'];
  const args = [
    '--port',
    String(port),
    '--cluster-port',
    String(busPort),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    ...cluster,
  ];
  const server: ChildProcess = spawn(REDIS_SERVER, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const text of server.stdout ?? []) if (String(text).includes('Ready to accept connections')) break;
  const client = new Redis({ port, retryStrategy: () => null });
  client.on('error', () => {});
  onTestFinished(() => {
    client.disconnect();
    server.kill('SIGKILL');
  });
  return { url: `redis://127.0.0.1:${port}`, client, port, busPort, kill: () => void server.kill('SIGKILL') };
}
