import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { freePort, graphqlPost, listen } from '../helpers/http.ts';
import { type Program, runProgram } from '../helpers/process.ts';

const RESTARTS = 20;

/** A minimal load balancer: round robin on keep-alive connections, with failover where a connection is refused. */
function balance(ports: readonly number[]) {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;

  function send(
    which: number,
    body: Buffer,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    triesLeft: number,
  ): void {
    const port = ports[which % ports.length];
    const { method, url, headers } = incoming;
    const request = httpRequest({ agent, host: '127.0.0.1', port, method, path: url, headers }, (response) => {
      outgoing.writeHead(response.statusCode ?? 500);
      response.pipe(outgoing);
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && triesLeft > 1) send(which + 1, body, incoming, outgoing, triesLeft - 1);
      else outgoing.writeHead(502).end(error.message);
    });
    request.end(body);
  }

  return async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    send(turn++, Buffer.concat(chunks), incoming, outgoing, ports.length);
  };
}

it(`loses no request over ${RESTARTS} restarts under load`, async () => {
  const bsg = await startFakeBsg();
  const environment = {
    BSG_API_KEY: 'live_of_restarts',
    BSG_BASE_URL: bsg.baseUrl,
    RATE_LIMIT: '0',
    CACHE_FINAL_TTL_MS: '0',
  };
  const start = async (port: number): Promise<Program> => {
    const program = runProgram([], { ...environment, PORT: String(port) });
    await program.printed(/GraphiQL/);
    return program;
  };
  const ports = [await freePort(), await freePort()];
  const servers = await Promise.all(ports.map(start));
  const address = await listen(balance(ports));

  let isOver = false;
  let answered = 0;
  const lost: string[] = [];
  async function sendQueries(from: number): Promise<void> {
    for (let id = from; !isOver; id += 8) {
      const body = JSON.stringify({ query: `{ sms(id: "${id}") { ... on Sms { id } } }` });
      const response = await fetch(`${address}/graphql`, graphqlPost(body));
      const text = await response.text();
      if (text === `{"data":{"sms":{"id":"${id}"}}}`) answered++;
      else lost.push(`${response.status} ${text}`);
    }
  }
  const load = Promise.all(Array.from({ length: 8 }, (_, i) => sendQueries(i + 1)));

  for (let restart = 0; restart < RESTARTS; restart++) {
    const which = restart % 2;
    const answeredBefore = answered;
    servers[which]?.child.kill('SIGTERM');
    expect(await servers[which]?.ended).toBe(0);
    servers[which] = await start(ports[which] ?? 0);
    await expect.poll(() => answered).toBeGreaterThan(answeredBefore);
  }
  isOver = true;
  await load;
  expect(lost).toEqual([]);
  expect(answered).toBeGreaterThan(1_000);
}, 180_000);
