/** A peer as a process of its own, on a core of its own. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const REPORT = new URL('servers/report.mjs', import.meta.url).href;

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

/** Keeps this process, which generates the load and is the upstream, off the core of the peers. Returns whether it can. */
export function leaveCoreToPeers() {
  if (canPin) execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
  return canPin;
}

/**
 * Starts a peer, and resolves when it listens. Its output goes to the file at `logPath`.
 *
 * @throws When it ends before it listens.
 */
export async function startServer({ args, env }, { upstreamUrl, logPath }) {
  const command = [...(canPin ? ['taskset', '-c', '0'] : []), process.execPath, '--import', REPORT, ...args];
  const child = spawn(command[0], command.slice(1), {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      BSG_API_KEY: 'live_bench',
      BSG_BASE_URL: upstreamUrl,
      ...env,
    },
    stdio: ['ignore', openSync(logPath, 'w'), 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const listening = once(child, 'message').then(([{ port }]) => port);
  const port = await Promise.race([
    listening,
    ended.then(() => Promise.reject(new Error(`${args[0]} did not start.`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    /** The CPU time and the memory that it has taken so far. */
    async usage() {
      child.send('usage');
      const [usage] = await once(child, 'message');
      return usage;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
