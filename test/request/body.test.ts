import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startAppOnSandbox } from '../helpers/app.ts';
import { listen } from '../helpers/http.ts';

const body = Buffer.from(
  '{"query":"{ smsByReference(reference: \\"📨 ☎\\") { ... on BsgErrorDetails { subject } } }"}',
);
const head = (length: number, connection: string) =>
  `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nConnection: ${connection}\r\n\r\n`;

async function connectTo(address: string) {
  const { hostname, port } = new URL(address);
  const socket = connect({ port: Number(port), host: hostname, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

it('a body that arrives byte by byte is read whole', async () => {
  const { app } = await startAppOnSandbox();
  const socket = await connectTo(await listen(app.listener));
  const received = text(socket);
  socket.write(head(body.length, 'close'));
  for (const byte of body) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
  expect(await received).toContain('"subject":"📨 ☎"');
});

it('pipelined requests are answered in their order', async () => {
  const { app } = await startAppOnSandbox();
  const socket = await connectTo(await listen(app.listener));
  const bodies = [1, 2, 3].map((n) => `{"query":"{ a${n}: __typename }"}`);
  socket.write(bodies.map((each, i) => head(each.length, i === 2 ? 'close' : 'keep-alive') + each).join(''));
  expect((await text(socket)).match(/"a\d":/g)).toEqual(['"a1":', '"a2":', '"a3":']);
});

it('a request whose body is cut off is logged as ABORTED', async () => {
  const { app } = await startAppOnSandbox();
  const socket = await connectTo(await listen(app.listener));
  socket.write(head(body.length, 'close'));
  socket.write(body.subarray(0, 10), () => socket.destroy());
  await expect.poll(() => app.requestLines()).toMatchObject([{ outcome: 'ABORTED', operation: null }]);
});
