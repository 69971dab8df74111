import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

/** A WebSocket of a test, frame by frame. */
export interface TestSocket {
  readonly socket: WebSocket;
  /** Sends a message of the protocol, or any text. */
  send(message: object | string): void;
  /** The next message; null once the connection is closed. */
  next(): Promise<unknown>;
  /** Sends `connection_init` and waits for its acknowledgement, or for the close in place of it. */
  init(params?: object): Promise<unknown>;
  /** Runs a query to its end; the payloads of its messages, the last of which is `null` for `complete`. */
  query(query: string, more?: object): Promise<readonly unknown[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens a WebSocket to the endpoint, for as long as the test lives. Rejects where the handshake is refused. */
export async function openSocket(
  address: string,
  headers: Readonly<Record<string, string>> = {},
  { autoPong = true, path = '/graphql' } = {},
): Promise<TestSocket> {
  const url = `${address.replace(/^http/, 'ws')}${path}`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers, autoPong } as never);
  onTestFinished(() => socket.terminate());
  const messages: unknown[] = [];
  let wake = () => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => {
      resolve({ code, reason: String(reason) });
      messages.push(null);
      wake();
    });
  });
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    wake();
  });
  await once(socket, 'open');

  async function next(): Promise<unknown> {
    while (messages.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return messages[0] === null ? null : messages.shift();
  }
  function send(message: object | string): void {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  let count = 0;
  return {
    socket,
    closed,
    send,
    next,
    init(params) {
      send({ type: 'connection_init', ...(params === undefined ? {} : { payload: params }) });
      return next();
    },
    async query(query, more = {}) {
      const id = `query_${++count}`;
      send({ id, type: 'subscribe', payload: { query, ...more } });
      const payloads: unknown[] = [];
      for (;;) {
        const message = (await next()) as { type: string; payload?: unknown } | null;
        payloads.push(message?.payload ?? null);
        if (message?.type !== 'next') return payloads;
      }
    },
  };
}
