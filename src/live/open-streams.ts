import type { ServerResponse } from 'node:http';

/** The HTTP responses that are event streams, while they are open. */
export interface OpenStreams {
  /** Adds a response, and closes it when the token of its caller expires (null: never). */
  add(response: ServerResponse | undefined, expiresAtMs: number | null): void;
  /** Closes all of them. */
  closeAll(): void;
}

/** The longest delay of a timer; the client reconnects. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long a client that does not read may keep a response open after its end. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Streams are closed without a `complete` event, so that clients reconnect. */
export function createOpenStreams(): OpenStreams {
  const open = new Set<ServerResponse>();
  return {
    add(response, expiresAtMs) {
      if (response === undefined || response.destroyed) return;
      const leftMs = (expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now();
      const expiry = setTimeout(() => close(response), Math.min(Math.max(0, leftMs), MAX_TIMER_MS));
      open.add(response);
      response.once('close', () => {
        clearTimeout(expiry);
        open.delete(response);
      });
    },
    closeAll() {
      for (const response of open) response.end();
    },
  };
}

function close(response: ServerResponse): void {
  response.end();
  setTimeout(() => response.destroy(), CLOSE_TIMEOUT_MS).unref();
}
