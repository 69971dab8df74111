import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { sendJson, startFakeBsg, toMassItem, wireSms } from '../helpers/fake-bsg.ts';
import { listen, queryAt } from '../helpers/http.ts';

const often = { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0', BSG_RETRIES: '0' };

/** A server that counts the events that it writes, and a BSG where all messages have one status. */
async function startServer() {
  const bsg = await startFakeBsg(({ kind, key, ids }, response) => {
    const sms = (id: string) => wireSms({ id, reference: `ref_${id}`, status: server.status });
    if (kind === 'getStatus') sendJson(response, { result: ids.map((id) => toMassItem(sms(id))) });
    else sendJson(response, sms(key));
  });
  const app = startApp(bsg.baseUrl, often);
  const waiting = new Set<() => void>();
  const listener: RequestListener = (request, response) => {
    const write = response.write.bind(response) as (chunk: Uint8Array) => boolean;
    response.write = (chunk: Uint8Array) => {
      if (String(chunk).includes('event: next')) server.events++;
      for (const check of waiting) check();
      return write(chunk);
    };
    server.responses.push(response);
    app.listener(request, response);
  };
  const server = {
    bsg,
    status: 'scheduled',
    /** Events written so far. */
    events: 0,
    responses: [] as ServerResponse[],
    address: '',
    /** Resolves once this many events have been written. */
    written: (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => server.events >= count && resolve();
        waiting.add(check);
        check();
      }),
  };
  server.address = await listen(listener);
  return server;
}

/** Subscribes to messages, and reads nothing. */
function subscribeUnread(address: string, ids: readonly number[]): Socket {
  const query = `subscription { smsUpdates(ids: [${ids}]) { ... on Sms { id statusText } } }`;
  const socket = connect(Number(new URL(address).port), '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  socket.write(
    `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nConnection: close\r\n\r\n`,
  );
  return socket;
}

/** A server with one subscriber that does not read, and has been sent as much as its connection holds. */
async function startStalled() {
  const server = await startServer();
  const socket = subscribeUnread(server.address, [1]);
  await server.written(1);
  let versions = 1;
  for (; server.events === versions; versions++) {
    // More than fits in what the system keeps for a socket, after some of them.
    server.status = `version_${versions}_`.padEnd(400_000, 'x');
    await server.bsg.received(server.bsg.paths.length + 3);
  }
  return { server, bsg: server.bsg, socket, eventsWritten: server.events };
}

it('a change that many streams send on does not delay a query until the last of them', async () => {
  const server = await startServer();
  const ids = Array.from({ length: 100 }, (_, i) => i + 1);
  for (let i = 0; i < 30; i++) subscribeUnread(server.address, ids);
  await server.written(3_000);

  server.status = 'sent';
  await server.written(3_001);
  await queryAt(server.address, { query: '{ __typename }' });
  expect(server.events).toBeLessThan(4_500);
  await server.written(6_000);
});

it('events for a client that does not read are neither made nor kept: it continues with the latest state', async () => {
  const { server, bsg, socket, eventsWritten } = await startStalled();
  for (const status of ['waiting', 'accepted', 'sent']) {
    server.status = status;
    await bsg.received(bsg.paths.length + 3);
  }
  expect(server.events).toBe(eventsWritten);
  server.status = 'delivered';
  await bsg.received(bsg.paths.length + 1);

  const received = await text(socket);
  expect(received.match(/event: next/g)).toHaveLength(eventsWritten + 1);
  expect(received).toContain('"delivered"');
  expect(received).toContain('event: complete');
});

it('a client that has read nothing for a minute is disconnected', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { server } = await startStalled();

  const [response] = server.responses;
  const closed = once(response as ServerResponse, 'close');
  vi.advanceTimersByTime(50_000);
  expect(response?.destroyed).toBe(false);
  vi.advanceTimersByTime(12_000);
  await closed;
});
