import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { buildSchema } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { respondWith, startFakeBsg, wireSms } from './helpers/fake-bsg.ts';
import { graphqlPost, subscribe } from './helpers/http.ts';
import { runProgram } from './helpers/process.ts';
import { AUTH_TOKENS, TOKENS } from './helpers/secrets.ts';
import { openSocket } from './helpers/socket.ts';

const anyPorts = { PORT: '0', SANDBOX_PORT: '0' };
const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_very_secret' };

async function query(address: string, document: string) {
  const response = await fetch(address, graphqlPost({ query: document }));
  return response.json();
}

/** Sends a query that the sandbox answers only after a delay. */
function querySlowly(address: string, sandbox: string, delayMs: number) {
  const injected = fetch(`${sandbox}/faults`, { method: 'POST', body: JSON.stringify({ kind: 'delay', delayMs }) });
  return {
    data: injected.then(() => query(address, '{ sms(id: "211") { ... on Sms { id } } }')),
    /** Resolves when the sandbox has the request: the injected fault is used up then. */
    inFlight: injected.then(() =>
      expect.poll(async () => (await fetch(`${sandbox}/faults`)).json(), { timeout: 10_000 }).toEqual({ faults: [] }),
    ),
  };
}

/** A GET on a connection that the agent keeps. */
async function get(address: string, agent: Agent) {
  const [response] = (await once(httpGet(address, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, connection: response.headers.connection };
}

describe('the server', () => {
  it('runs on the sandbox without a key, warns of it, and prints its addresses', async () => {
    const program = runProgram([], anyPorts);
    const [, graphiql] = await program.printed(/GraphiQL +(http:\/\/127\.0\.0\.1:\d+\/graphql)/);
    const [, sandbox] = await program.printed(/Sandbox +(http:\/\/127\.0\.0\.1:\d+\/rest)/);
    await program.printed(/then query smsByReference/);

    expect(program.output()).toMatch(/NO API KEY/);
    expect(await query(String(graphiql), '{ sms(id: "211") { ... on Sms { status } } }')).toEqual({
      data: { sms: { status: 'DELIVERED' } },
    });
    const direct = await fetch(`${sandbox}/sms/211`, { headers: { 'x-api-key': 'test_me' } });
    expect(await direct.json()).toMatchObject({ status: 'delivered' });
  });

  it('queries BSG with a key, and never prints the key', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const program = runProgram([], { ...anyPorts, BSG_API_KEY: 'live_very_secret', BSG_BASE_URL: bsg.baseUrl });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);

    expect(await query(String(graphiql), '{ sms(id: "211") { ... on Sms { id } } }')).toEqual({
      data: { sms: { id: '211' } },
    });
    expect(bsg.requests[0]?.headers['x-api-key']).toBe('live_very_secret');
    expect(program.output()).not.toContain('live_very_secret');
    expect(program.output()).not.toContain('Sandbox');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'exits with 0 at %s, after it has answered the requests in flight',
    async (signal) => {
      const program = runProgram([], anyPorts);
      const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
      const [, sandbox] = await program.printed(/Sandbox +(\S+)\/rest/);
      const answer = querySlowly(String(graphiql), String(sandbox), 2_000);
      await answer.inFlight;
      program.child.kill(signal);

      expect(await answer.data).toEqual({ data: { sms: { id: '211' } } });
      expect(await program.ended).toBe(0);
    },
  );

  it('aborts streams at shutdown, so that their clients reconnect to another instance', async () => {
    const program = runProgram([], { ...anyPorts, SHUTDOWN_MS: '3600000' });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    const query = 'subscription { smsUpdates(ids: ["305"]) { ... on Sms { status } } }';
    const updates = subscribe(String(graphiql), query);
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SENT' } });

    program.child.kill('SIGTERM');
    await expect(updates.next()).rejects.toThrow();
    expect(await program.ended).toBe(0);
  });

  it('closes WebSockets with 1001 at shutdown, and does not wait for clients that do not answer', async () => {
    const program = runProgram([], { ...anyPorts, SHUTDOWN_MS: '3600000' });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    const address = new URL(String(graphiql)).origin;
    const [socket, silent] = [await openSocket(address), await openSocket(address)];
    await socket.init();
    silent.socket.pause();

    program.child.kill('SIGTERM');
    expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
    expect(await program.ended).toBe(0);
  });

  it('aborts requests that take longer than SHUTDOWN_MS at shutdown, and still exits with 0', async () => {
    const program = runProgram([], { ...anyPorts, SHUTDOWN_MS: '300' });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    const [, sandbox] = await program.printed(/Sandbox +(\S+)\/rest/);
    const answer = querySlowly(String(graphiql), String(sandbox), 20_000);
    await answer.inFlight;

    program.child.kill('SIGTERM');
    await expect(answer.data).rejects.toThrow();
    expect(await program.ended).toBe(0);
  });

  it('answers on open connections while it drains, accepts no new ones, and reports that it is not ready', async () => {
    const program = runProgram([], { ...anyPorts, OPS_PORT: '0' });
    const [, graphiql = ''] = await program.printed(/GraphiQL +(\S+)/);
    const [, ops] = await program.printed(/Operators +(\S+)/);
    const [, sandbox] = await program.printed(/Sandbox +(\S+)\/rest/);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect(await get(`${graphiql}?query={__typename}`, agent)).toMatchObject({ status: 200, connection: 'keep-alive' });

    const answer = querySlowly(String(graphiql), String(sandbox), 2_000);
    await answer.inFlight;

    program.child.kill('SIGTERM');
    await program.printed(/Draining/);
    expect(await get(`${graphiql}?query={__typename}`, agent)).toMatchObject({ status: 200, connection: 'close' });
    expect((await fetch(`${ops}/ready`)).status).toBe(503);
    await expect(fetch(`${graphiql}?query={__typename}`)).rejects.toThrow();
    expect(await answer.data).toEqual({ data: { sms: { id: '211' } } });
    expect(await program.ended).toBe(0);
  });

  it('has the OpenTelemetry SDK export the spans of its last requests before it exits', async () => {
    const sdk = `
      import { createRequire } from 'node:module';
      const require = createRequire(${JSON.stringify(import.meta.url)});
      const { BatchSpanProcessor, NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
      const exporter = {
        async shutdown() {},
        export(spans, done) {
          console.log('exported ' + spans.map(({ name }) => name));
          setImmediate(done, { code: 0 });
        },
      };
      new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] }).register();`;
    const options = [`--import=data:text/javascript,${encodeURIComponent(sdk)}`];
    const program = runProgram([], anyPorts, 'dist/main.js', options);
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    await query(String(graphiql), '{ __typename }');
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.output()).toContain('exported query');
  });

  it('closes idle connections at shutdown, also those that have never sent a byte, and lets half-sent requests finish', async () => {
    const program = runProgram([], { ...anyPorts, SHUTDOWN_MS: '3600000' });
    const [, port] = await program.printed(/GraphiQL +\S+:(\d+)/);
    const [unused, halfSent] = [connect(Number(port), '127.0.0.1'), connect(Number(port), '127.0.0.1')];
    await Promise.all([once(unused, 'connect'), once(halfSent, 'connect')]);
    halfSent.write('GET /health HTTP/1.1\r\n');
    // A request of its own comes after both connections.
    await query(`http://127.0.0.1:${port}/graphql`, '{ __typename }');

    program.child.kill('SIGTERM');
    await once(unused.resume(), 'close');
    halfSent.write('host: 127.0.0.1\r\n\r\n');
    expect(await text(halfSent)).toContain('{"status":"alive"}');
    expect(await program.ended).toBe(0);
  });

  it.each([
    ['exception', 'throw new Error("a bug")'],
    ['rejection', 'void Promise.reject(new Error("a bug"))'],
  ])('logs an uncaught %s, and exits with 1', async (_, fault) => {
    const provoke = `process.on("SIGUSR2",()=>{${fault}})`;
    const program = runProgram([], {
      ...anyPorts,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(provoke)}`,
    });
    await program.printed(/GraphiQL/);
    program.child.kill('SIGUSR2');
    expect(await program.ended).toBe(1);
    const line = program
      .output()
      .split('\n')
      .find((each) => each.includes('"level":60'));
    expect(JSON.parse(line ?? '')).toMatchObject({ err: { message: 'a bug', stack: expect.stringMatching(/\bat /) } });
  });

  it('exits although nobody reads its log, however much of it is buffered', async () => {
    const program = runProgram([], { ...anyPorts, LOG_LEVEL: 'debug', SHUTDOWN_MS: '500' });
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    program.child.stdout?.pause();
    for (let i = 0; i < 50; i++)
      await Promise.all(Array.from({ length: 20 }, () => query(String(graphiql), '{ __typename }')));
    program.child.kill('SIGTERM');
    const [code] = await once(program.child, 'exit');
    expect(code).toBe(0);
    program.child.stdout?.resume();
  });

  it('exits although the reader of its log is gone', async () => {
    const program = runProgram([], anyPorts);
    await program.printed(/while its status changes/);
    program.child.stdout?.destroy();
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);
  });

  it('answers the requests in flight when a signal comes twice at once, as from a terminal and npm', async () => {
    const program = runProgram([], anyPorts);
    const [, graphiql] = await program.printed(/GraphiQL +(\S+)/);
    const [, sandbox] = await program.printed(/Sandbox +(\S+)\/rest/);
    const answer = querySlowly(String(graphiql), String(sandbox), 2_000);
    await answer.inFlight;
    program.child.kill('SIGINT');
    await program.printed(/Draining/);
    program.child.kill('SIGINT');
    expect(await answer.data).toEqual({ data: { sms: { id: '211' } } });
    expect(await program.ended).toBe(0);
  });

  it('prints nothing but lines of JSON in production', async () => {
    const bsg = await startFakeBsg(respondWith(wireSms()));
    const program = runProgram([], {
      ...production,
      BSG_BASE_URL: bsg.baseUrl,
      AUTH_TOKENS,
      PORT: '0',
      OPS_PORT: '0',
      HOST: '127.0.0.1',
    });
    const [, url] = await program.printed(/"url":"([^"]+)"/);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKENS.personal}` },
      body: '{"query":"{ sms(id: \\"211\\") { ... on Sms { msisdn } } }"}',
    });
    expect(await response.json()).toEqual({ data: { sms: { msisdn: '380972000001' } } });
    expect((await fetch(`${url}/graphql`, { method: 'POST' })).status).toBe(401);
    program.child.kill('SIGTERM');
    expect(await program.ended).toBe(0);

    const lines = program
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === 'request')).toMatchObject([
      { caller: 'token:support', outcome: 'ok' },
      { caller: null, outcome: 'UNAUTHENTICATED' },
    ]);
  });

  it('exits with 1 and one message where the configuration is invalid', async () => {
    const program = runProgram([], { PORT: 'x', BSG_TIMEZONE: 'Mars/Base', BSG_RETRIES: 'many' });

    expect(await program.ended).toBe(1);
    expect(program.output().split('\n')).toEqual([
      'Invalid configuration:',
      '  PORT is "x": expected a whole number from 0 to 65535',
      '  BSG_TIMEZONE is "Mars/Base": expected an IANA time zone such as Europe/Kyiv',
      '  BSG_RETRIES is "many": expected a whole number from 0 to 10',
      '',
    ]);
  });

  it('exits with 1 and no stack trace in production without a key', async () => {
    const program = runProgram([], { ...anyPorts, NODE_ENV: 'production' });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/BSG_API_KEY is not set/);
    expect(program.output()).not.toMatch(/\bat \w+/);
  });

  it('exits with 1 and names HOST where it is not an address of this machine', async () => {
    const program = runProgram([], { ...anyPorts, HOST: '192.0.2.1', AUTH: 'none' });
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(/EADDRNOTAVAIL.*192\.0\.2\.1.*\. Set HOST to another value\.\n$/);
  });

  it.each(['PORT', 'SANDBOX_PORT', 'OPS_PORT'])('exits with 1 and the address where %s is in use', async (variable) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    const program = runProgram([], { ...anyPorts, [variable]: String(port) });

    expect(await program.ended).toBe(1);
    expect(program.output()).toContain(`127.0.0.1:${port}. Set ${variable} to another value.`);
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

  it('prints the schema for clients', async () => {
    const program = runProgram(['schema', '--client']);
    expect(await program.ended).toBe(0);
    expect(buildSchema(program.output()).getType('Sms')).toBeDefined();
  });

  it.each(['help', '--help', '-h'])('prints its usage at %s', async (word) => {
    const program = runProgram([word]);
    expect(await program.ended).toBe(0);
    expect(program.output()).toMatch(/^Usage:/);
  });

  it.each(['serv', 'constructor', 'schema --clients'])('refuses the unknown command %s', async (word) => {
    const program = runProgram(word.split(' '));
    expect(await program.ended).toBe(1);
    expect(program.output()).toMatch(new RegExp(`Unknown command "${word}"\\.\\n\\nUsage:`));
  });
});
