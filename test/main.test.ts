import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createClient } from 'graphql-sse';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from './helpers/process.ts';
import { startUpstreamAnswering, wireSms } from './helpers/upstream.ts';

const anyPorts = { PORT: '0', SANDBOX_PORT: '0' };

async function ask(address: string, query: string) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describe('the server', () => {
  it('runs on the sandbox without a key, says so loudly, and tells where everything is', async () => {
    const program = runProgram([], anyPorts);
    const [, graphiql] = await program.printed(/GraphiQL +(http:\/\/127\.0\.0\.1:\d+\/graphql)/);
    const [, sandbox] = await program.printed(/Sandbox +(http:\/\/127\.0\.0\.1:\d+\/rest)/);
    await program.printed(/ask for smsByReference/);

    expect(program.output()).toMatch(/NO KEY/);
    expect(await ask(String(graphiql), '{ sms(id: "211") { ... on Sms { status } } }')).toEqual({
      data: { sms: { status: 'DELIVERED' } },
    });
    const direct = await fetch(`${sandbox}/sms/211`, { headers: { 'x-api-key': 'test_me' } });
    expect(await direct.json()).toMatchObject({ status: 'delivered' });
  });

  it('asks BSG with a key, and never prints it', async () => {
    const upstream = await startUpstreamAnswering(wireSms());
    const program = runProgram([], { ...anyPorts, BSG_API_KEY: 'live_very_secret', BSG_BASE_URL: upstream.baseUrl });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);

    expect(await ask(String(graphiql), '{ sms(id: "211") { ... on Sms { id } } }')).toEqual({
      data: { sms: { id: '211' } },
    });
    expect(upstream.requests[0]?.headers['x-api-key']).toBe('live_very_secret');
    expect(program.output()).not.toContain('live_very_secret');
    expect(program.output()).not.toContain('Sandbox');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with 0 at %s, after it has answered what is under way',
    async (signal) => {
      const program = runProgram([], anyPorts);
      const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
      const [, sandbox] = await program.printed(/Sandbox +(\S+)\/rest/);
      await fetch(`${sandbox}/faults`, { method: 'POST', body: '{"kind":"delay","delayMs":2000}' });

      const answer = ask(String(graphiql), '{ sms(id: "211") { ... on Sms { id } } }');
      // The sandbox has taken the request when the ordered fault is used up.
      await expect
        .poll(async () => (await fetch(`${sandbox}/faults`)).json(), { timeout: 10_000 })
        .toEqual({ faults: [] });
      program.child.kill(signal);

      expect(await answer).toEqual({ data: { sms: { id: '211' } } });
      expect(await program.ended).toBe(0);
    },
  );

  it('breaks the streams off when it ends, so that their readers connect again elsewhere', async () => {
    const program = runProgram([], anyPorts);
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    const client = createClient({ url: String(graphiql), retryAttempts: 0 });
    const events = client.iterate({ query: 'subscription { smsUpdates(ids: ["305"]) { ... on Sms { status } } }' });
    expect(await events.next()).toMatchObject({ value: { data: { smsUpdates: { status: 'SENT' } } } });

    const startedAt = performance.now();
    program.child.kill('SIGTERM');
    await expect(events.next()).rejects.toThrow();
    expect(await program.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('ends with 1 and one message where the environment is wrong', async () => {
    const program = runProgram([], { PORT: 'x', BSG_TIMEZONE: 'Mars/Base', BSG_RETRIES: 'many' });

    expect(await program.ended).toBe(1);
    expect(program.output().split('\n')).toEqual([
      'The environment is not as it should be:',
      '  PORT is "x": expected a whole number from 0 to 65535',
      '  BSG_TIMEZONE is "Mars/Base": expected an IANA time zone such as Europe/Kyiv',
      '  BSG_RETRIES is "many": expected a whole number from 0 to 10',
      '',
    ]);
  });

  it('ends with 1 and no stack in production without a key', async () => {
    const program = runProgram([], { ...anyPorts, NODE_ENV: 'production' });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/BSG_API_KEY is not set/);
    expect(program.output()).not.toMatch(/\bat \w+/);
  });

  it('ends with 1 and the name of HOST where it cannot be listened on', async () => {
    const program = runProgram([], { ...anyPorts, HOST: '192.0.2.1' });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/EADDRNOTAVAIL.*192\.0\.2\.1.*: set HOST to another\n$/);
  });

  it.each(['PORT', 'SANDBOX_PORT'])('ends with 1 and the address where %s is taken', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const program = runProgram([], { ...anyPorts, [variable]: String(port) });

    expect(await program.ended).toBe(1);
    expect(program.output()).toContain(`127.0.0.1:${port}: set ${variable} to another`);
    expect(program.output()).not.toMatch(/\bat \w+/);
  });
});

describe('the program', () => {
  it('runs the sandbox alone', async () => {
    const program = runProgram(['sandbox'], { SANDBOX_PORT: '0' });
    const [, baseUrl] = await program.printed(/(http:\/\/127\.0\.0\.1:\d+\/rest)\n/);
    const answer = await fetch(`${baseUrl}/sms/reference/ext_id_19`, { headers: { 'x-api-key': 'live_me' } });
    expect(await answer.json()).toMatchObject({ id: '211' });

    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('prints the schema', async () => {
    const program = runProgram(['schema']);
    expect(await program.ended).toBe(0);
    expect(program.output()).toBe(await readFile('schema.graphql', 'utf8'));
  });

  it.each(['help', '--help', '-h'])('explains itself at %s', async (word) => {
    const program = runProgram([word]);
    expect(await program.ended).toBe(0);
    expect(program.output()).toMatch(/^Usage:/);
  });

  it.each(['serv', 'constructor'])('does not know the command %s', async (word) => {
    const program = runProgram([word]);
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(new RegExp(`There is no command "${word}"\\.\\n\\nUsage:`));
  });
});
