import type { ServerResponse } from 'node:http';
import type { EventStream } from './event-stream.ts';

/** The HTTP responses that are event streams, while they are open. */
export interface OpenStreams {
  /** Sends a stream as the body of a response, whose head has been written. Closes it when the token of its caller expires (null: never). */
  send(stream: EventStream, response: ServerResponse, expiresAtMs: number | null): void;
  /** Closes all of them, without an end, so that clients reconnect. */
  closeAll(): void;
}

/** The longest delay of a timer; the client reconnects. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a client that does not read may keep a response open after its end. */
const CLOSE_TIMEOUT_MS = 1_000;
const HEARTBEAT_INTERVAL_MS = 12_000;
/** A client that has not read anything at so many heartbeats in a row is gone, or too slow for live updates. */
const MAX_UNREAD_HEARTBEATS = 5;

/** Sends streams. `onError` receives the error of a stream that rejects, which is a bug; its response is closed. */
export function createOpenStreams(onError: (error: unknown) => void): OpenStreams {
  const open = new Set<ServerResponse>();
  return {
    send(stream, response, expiresAtMs) {
      if (response.destroyed) return void stream.return();
      const stopHeartbeat = startHeartbeat(response, stream.format.heartbeat);
      const expiry = expiresAtMs === null ? null : closeAt(response, expiresAtMs);
      open.add(response);
      response.once('close', () => {
        if (expiry !== null) clearTimeout(expiry);
        stopHeartbeat();
        open.delete(response);
        void stream.return();
      });
      write(stream, response).catch((error) => {
        onError(error);
        response.destroy();
      });
    },
    closeAll() {
      for (const response of open) response.end();
    },
  };
}

/** Reads the stream no faster than the client reads the response, so that what it does not read is not executed either. */
async function write(stream: EventStream, response: ServerResponse): Promise<void> {
  for await (const chunk of stream) {
    if (response.writableEnded || response.destroyed) return;
    if (!response.write(chunk)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
}

function startHeartbeat(response: ServerResponse, heartbeat: string): () => void {
  let unread = 0;
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) unread = 0;
    else if (++unread >= MAX_UNREAD_HEARTBEATS) response.destroy();
    if (unread === 0) response.write(heartbeat);
  }, HEARTBEAT_INTERVAL_MS);
  return () => clearInterval(timer);
}

function closeAt(response: ServerResponse, atMs: number): NodeJS.Timeout {
  return setTimeout(() => close(response), Math.min(Math.max(0, atMs - Date.now()), MAX_TIMER_MS));
}

function close(response: ServerResponse): void {
  response.end();
  setTimeout(() => response.destroy(), CLOSE_TIMEOUT_MS).unref();
}
