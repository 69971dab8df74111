import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../helpers/process.ts';

const hasLimits = existsSync('/usr/bin/prlimit');

it.skipIf(!hasLimits)(
  'a server without file descriptors (needs prlimit) says so in one line of its log, is not ready, and counts',
  async () => {
    const program = runProgram([], { PORT: '0', SANDBOX_PORT: '0' });
    const [, port = ''] = await program.printed(/GraphiQL +\S+:(\d+)/);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    /** On a connection that stays open. */
    async function read(path: string) {
      const [response] = (await once(get({ host: '127.0.0.1', port, path, agent }), 'response')) as [IncomingMessage];
      return { status: response.statusCode, body: await text(response) };
    }
    expect((await read('/ready')).status).toBe(200);

    const most = execFileSync('sh', ['-c', `ls /proc/${program.child.pid}/fd | wc -l`], { encoding: 'utf8' }).trim();
    execFileSync('prlimit', [`--pid=${program.child.pid}`, `--nofile=${Number(most) + 5}`]);
    const sockets = Array.from({ length: 20 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));

    await expect
      .poll(() => read('/ready'))
      .toMatchObject({
        status: 503,
        body: expect.stringContaining('"status":"out of file descriptors"'),
      });
    expect((await read('/metrics')).body).toMatch(/^bsg_graphql_file_descriptors_exhausted_total [1-9]/m);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => read('/ready')).toMatchObject({ status: 200 });
    await program.printed(/File descriptors are available again/);
    expect(program.output().match(/No file descriptor is left/g)).toHaveLength(1);
  },
);
