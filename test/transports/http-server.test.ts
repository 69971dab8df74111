import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { listen } from '../helpers/http.ts';

async function startServer() {
  const app = startApp('http://127.0.0.1:1');
  const address = await listen(app.listener, app);
  return {
    /** Sends this, and resolves to all that the server responds until it closes the connection. */
    async send(request: string): Promise<{ readonly status: number; readonly body: string; readonly all: string }> {
      const socket = connect(Number(new URL(address).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(request);
      const all = await text(socket);
      return { status: Number(all.split(' ')[1]), body: all.split('\r\n\r\n')[1] ?? '', all };
    },
    responses: () =>
      app
        .log()
        .split('\n')
        .filter((line) => line.includes('"msg":"response"'))
        .map((line) => JSON.parse(line) as { readonly route: string; readonly status: number }),
    metrics: async () => (await app.fetch('/metrics')).text(),
  };
}

const head = (line: string, more = 'host: 127.0.0.1\r\n') => `${line} HTTP/1.1\r\n${more}connection: close\r\n\r\n`;
const QUERY = 'query=%7B__typename%7D';
const DATA = '{"data":{"__typename":"Query"}}';

describe('the target of a request', () => {
  it.each([
    ['GET http://127.0.0.1/health', '{"status":"alive"}'],
    [`GET HTTP://127.0.0.1:4000/graphql?${QUERY}`, DATA],
    [`GET /graphql?${QUERY}/health`, undefined],
    [`GET /graphql?${QUERY}&extensions=%7B%22a%22:%22/health`, undefined],
  ])('%s is answered like its path', async (line, body) => {
    const { send } = await startServer();
    const answer = await send(head(line));
    if (body === undefined) expect(answer.all).toContain('"errors"');
    else expect(answer).toMatchObject({ status: 200, body });
  });

  it.each([
    `GET //evil/graphql?${QUERY}`,
    `GET /x/../graphql?${QUERY}`,
    `GET /./graphql?${QUERY}`,
    `GET /%2e/graphql?${QUERY}`,
    `GET /\\evil/graphql?${QUERY}`,
    `GET //graphql?${QUERY}`,
    'GET /x/../metrics',
    'GET //health',
    'GET http://127.0.0.1//evil/health',
  ])('%s has a path of its own, where nothing is', async (line) => {
    const { send } = await startServer();
    expect((await send(head(line))).status).toBe(404);
  });

  it.each(['OPTIONS *', 'GET http://[::1', 'GET ?a', `GET /graphql?${QUERY}#/health`, 'GET ftp://127.0.0.1/health'])(
    '%s is refused with 400 without a word',
    async (line) => {
      const { send } = await startServer();
      const answer = await send(head(line));
      expect(answer).toMatchObject({ status: 400, body: '' });
    },
  );

  it('in absolute form names the host, in place of the header', async () => {
    const { send } = await startServer();
    expect((await send(head('GET http://evil.example/health'))).status).toBe(403);
    expect((await send(head('GET http://127.0.0.1/health', 'host: evil.example\r\n'))).status).toBe(200);
  });
});

describe('every response', () => {
  it.each([
    ['to a probe', head('GET /health'), '/health', 200],
    ['to an unknown path', head('GET /secret-path'), 'other', 404],
    ['to a wrong secret', head('GET /hooks/bsg/wrong'), '/hooks/bsg/', 404],
    ['to an illegal target', head('OPTIONS *'), 'malformed', 400],
    ['to a request without Host', head('GET /health', ''), 'malformed', 400],
    ['to what is no HTTP', 'hello\r\n\r\n', 'malformed', 400],
    [
      'to a header that is too long',
      head('GET /health', `host: 127.0.0.1\r\na: ${'a'.repeat(20_000)}\r\n`),
      'malformed',
      431,
    ],
    ['to an expectation', head('GET /health', 'host: 127.0.0.1\r\nexpect: a miracle\r\n'), '/health', 200],
    [
      'to a handshake on another path',
      head('GET /secret-path', 'host: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n'),
      'other',
      404,
    ],
    [
      'to an invalid handshake',
      head('GET /graphql', 'host: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n'),
      'malformed',
      400,
    ],
  ])('%s is logged and counted', async (_, request, route, status) => {
    const { send, responses, metrics } = await startServer();
    const answer = await send(request);
    expect(answer.status).toBe(status);
    expect(answer.all).not.toMatch(/node_modules|file:|\bat \w+ \(/);
    await expect.poll(responses).toEqual([expect.objectContaining({ route, status })]);
    expect(JSON.stringify(responses())).not.toContain('secret-path');
    expect(await metrics()).toContain(`bsg_graphql_http_responses_total{route="${route}",status="${status}"} 1`);
  });

  it('to a host that is not allowed is logged and counted', async () => {
    const { send, metrics } = await startServer();
    expect((await send(head('GET /health', 'host: evil.example\r\n'))).status).toBe(403);
    expect(await metrics()).toContain('bsg_graphql_http_responses_total{route="/health",status="403"} 1');
  });

  it('on the port for operators is logged and counted', async () => {
    const app = startApp('http://127.0.0.1:1', { OPS_PORT: '1' });
    const ops = await listen(app.opsListener, app);
    expect((await fetch(`${ops}/secret-path`)).status).toBe(404);
    expect(app.log()).toContain('"route":"other","status":404,"msg":"response"');
    expect(app.log()).not.toContain('secret-path');
    expect(await (await fetch(`${ops}/metrics`)).text()).toContain(
      'bsg_graphql_http_responses_total{route="other",status="404"} 1',
    );
  });

  it('to the endpoint is counted', async () => {
    const { send, metrics } = await startServer();
    await send(head(`GET /graphql?${QUERY}`));
    await expect.poll(metrics).toContain('bsg_graphql_http_responses_total{route="/graphql",status="200"} 1');
  });
});

it('a refused handshake leaves no connection open, although its client does not close it', async () => {
  const app = startApp('http://127.0.0.1:1');
  const address = await listen(app.listener, app);
  const socket = connect({ port: Number(new URL(address).port), host: '127.0.0.1', allowHalfOpen: true });
  socket.write(head('GET /nothing', 'host: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n'));
  await once(socket.resume(), 'end');
  // Until the system knows that nobody reads it.
  const write = () => socket.write('still here', (error) => error ?? setImmediate(write));
  write();
  await expect(once(socket, 'close')).rejects.toThrow(/ECONNRESET|EPIPE/);
});
