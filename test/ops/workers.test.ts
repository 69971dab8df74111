import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type FakeBsg, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { type Program, runProgram } from '../helpers/process.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKENS.plain}` };

/** Two workers on one port, ready. */
async function startWorkers(bsg: FakeBsg, environment: Record<string, string> = {}, options: readonly string[] = []) {
  const variables = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: '0',
    OPS_PORT: '0',
    WORKERS: '2',
    BSG_API_KEY: 'live_of_workers',
    BSG_BASE_URL: bsg.baseUrl,
    AUTH_TOKENS,
    ...environment,
  };
  const program = runProgram([], variables, 'dist/main.js', options);
  const [, url = ''] = await program.printed(/"url":"([^"]+)"/);
  const [, opsUrl = ''] = await program.printed(/"opsUrl":"([^"]+)","msg":"All/);
  return { program, url, opsUrl };
}

async function send(url: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    // A connection of its own, for whichever worker is next.
    headers: { ...headers, connection: 'close' },
    body: '{"query":"query OneSms { sms(id: \\"1\\") { __typename } }"}',
  });
  await response.text();
  return response.status;
}

function linesOf(program: Program, message: string): readonly { readonly pid: number }[] {
  const lines = program.output().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message);
}

/** The queries that `/metrics` counts. */
async function requestsIn(opsUrl: string): Promise<number> {
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  return Number(/^bsg_graphql_request_duration_seconds_count\{operation="OneSms".* (\d+)$/m.exec(metrics)?.[1]);
}

/** The workers that have listened so far, oldest first. */
function pidsOf(program: Program): readonly number[] {
  return linesOf(program, 'Listening.').map(({ pid }) => pid);
}

describe('workers', () => {
  it('share a port, and have their metrics in one place', async () => {
    const { program, url, opsUrl } = await startWorkers(await startFakeBsg());
    for (let i = 0; i < 10; i++) expect(await send(url)).toBe(200);

    await expect.poll(() => new Set(linesOf(program, 'request').map(({ pid }) => pid)).size).toBe(2);
    expect(await (await fetch(`${opsUrl}/metrics`)).text()).toContain(
      'bsg_graphql_request_duration_seconds_count{operation="OneSms",type="query",outcome="ok"} 10\n',
    );
    expect(await (await fetch(`${opsUrl}/ready`)).json()).toEqual({ status: 'ready', workers: '2 of 2' });
    expect((await fetch(`${url}/ready`)).status).toBe(200);

    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('run with the options of Node that the primary has', async () => {
    const { program } = await startWorkers(await startFakeBsg(), {}, ['--max-semi-space-size=16']);
    await expect.poll(() => pidsOf(program).length).toBe(2);
    const commands = execFileSync('ps', ['-o', 'args=', '-p', pidsOf(program).join(',')], { encoding: 'utf8' });
    expect(commands.match(/--max-semi-space-size=16/g)).toHaveLength(2);
  });

  it('are replaced if they exit, while the others answer', async () => {
    const { program, url } = await startWorkers(await startFakeBsg());
    const [first = 0] = pidsOf(program);
    process.kill(first, 'SIGKILL');
    await program.printed(/starting another/);
    expect(await send(url)).toBe(200);
    await expect.poll(() => pidsOf(program).length, { timeout: 15_000 }).toBe(3);
    expect(await send(url)).toBe(200);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('finish requests in flight when both a terminal and the primary signal them (graceful shutdown)', async () => {
    let answer = () => {};
    const bsg = await startFakeBsg((_, response) => {
      answer = () => sendJson(response, wireSms({ id: '1' }));
    });
    const { program, url } = await startWorkers(bsg);
    const status = send(url);
    await expect.poll(() => bsg.paths).toHaveLength(1);
    for (const pid of pidsOf(program)) process.kill(pid, 'SIGINT');
    program.child.kill('SIGINT');
    await expect.poll(() => linesOf(program, 'Draining: finishing requests in flight.')).toHaveLength(2);
    answer();

    expect(await status).toBe(200);
    expect(await program.ended).toBe(0);
  });

  it('keep answering while one of them hangs, metrics included, until it is noticed and replaced', async () => {
    const { program, url, opsUrl } = await startWorkers(await startFakeBsg());
    const [hanging = 0] = pidsOf(program);
    const readiness = async () => (await fetch(`${opsUrl}/ready`)).json();
    for (let i = 0; i < 4; i++) await send(url);
    expect(await requestsIn(opsUrl)).toBe(4);

    process.kill(hanging, 'SIGSTOP');
    expect(await requestsIn(opsUrl)).toBe(4);
    // Connections go to the workers in turn: the one that hangs gets one at the most.
    expect(await Promise.any([send(url), send(url)])).toBe(200);

    await program.printed(/A worker does not respond/);
    expect(await readiness()).toEqual({ status: 'ready', workers: '1 of 2' });
    expect(await requestsIn(opsUrl)).toBeGreaterThan(4);
    await expect.poll(readiness).toEqual({ status: 'ready', workers: '2 of 2' });
    expect(() => process.kill(hanging, 0)).toThrow('ESRCH');
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('that hang do not keep the others from ending', async () => {
    const { program } = await startWorkers(await startFakeBsg(), { SHUTDOWN_MS: '100' });
    const [hanging = 0] = pidsOf(program);
    process.kill(hanging, 'SIGSTOP');
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(() => process.kill(hanging, 0)).toThrow('ESRCH');
  });

  it('end in order while they start', async () => {
    const watch = `data:text/javascript,process.on('newListener', (name) => name === 'SIGTERM' && console.log('handled'))`;
    const environment = {
      HOST: '127.0.0.1',
      PORT: '0',
      OPS_PORT: '0',
      WORKERS: '2',
      AUTH_TOKENS,
      BSG_API_KEY: 'live_of_workers',
    };
    const program = runProgram([], environment, 'dist/main.js', ['--import', watch]);
    // The primary, and its first worker.
    await program.printed(/handled\s[\s\S]*handled/);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('exit with 1 and say why if they cannot start', async () => {
    const program = runProgram([], {
      HOST: '192.0.2.1',
      AUTH: 'none',
      OPS_PORT: '0',
      WORKERS: '2',
      BSG_API_KEY: 'live_of_workers',
    });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/Set HOST to another/);
  });
});
