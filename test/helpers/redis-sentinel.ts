/** A Redis behind Sentinels of the test's own. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, onTestFinished } from 'vitest';
import { freePort } from './http.ts';
import { REDIS_SERVER, startRedis, temporaryFolder } from './redis.ts';

const MASTER = 'statuses';
const COUNT = 3;

/** Starts a master, a replica and three Sentinels that watch them, and require a password if one is given. */
export async function startSentinels(password = '') {
  const master = await startRedis();
  const { port } = new URL(master.url);
  const replica = await startRedis(['--replicaof', '127.0.0.1', port]);
  await expect.poll(() => master.client.info('replication')).toContain('state=online');
  const ports = await Promise.all(Array.from({ length: COUNT }, () => startSentinel(port, password)));
  const sentinel = new Redis({ port: Number(ports[0]), password, retryStrategy: () => null });
  sentinel.on('error', () => {});
  onTestFinished(() => sentinel.disconnect());
  await expect
    .poll(async () => String(await sentinel.call('sentinel', 'master', MASTER)))
    .toMatch(/num-slaves,1,num-other-sentinels,2/);
  return {
    url: `redis+sentinel://${ports.map((each) => `127.0.0.1:${each}`).join(',')}/${MASTER}${password === '' ? '' : `?sentinelPassword=${password}`}`,
    master,
    replica,
    /** Makes the replica the master, and the master a replica. */
    failOver: () => sentinel.call('sentinel', 'failover', MASTER),
  };
}

async function startSentinel(masterPort: string, password: string): Promise<number> {
  const file = join(temporaryFolder(), 'sentinel.conf');
  const port = await freePort();
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${MASTER} 1000`,
    `sentinel failover-timeout ${MASTER} 5000`,
    ...(password === '' ? [] : [`requirepass ${password}`, `sentinel sentinel-pass ${password}`]),
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const server = spawn(REDIS_SERVER, [file, '--sentinel'], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  for await (const text of server.stdout ?? []) if (String(text).includes('+monitor')) break;
  return port;
}
