import type { ServerResponse } from 'node:http';

/** The responses that are streams, for as long as they are open. */
export interface OpenStreams {
  /** Remembers a response, and breaks it off when the token of its reader expires (null: never). */
  note(response: ServerResponse | undefined, expiresAtMs: number | null): void;
  /** Breaks all of them off. */
  end(): void;
}

/** As long as a timer can be; its reader connects again. */
const LONGEST_STREAM_MS = 2 ** 31 - 1;

/** Streams are broken off without the word that they are complete, so that their readers connect again. */
export function createOpenStreams(): OpenStreams {
  const open = new Set<ServerResponse>();
  return {
    note(response, expiresAtMs) {
      if (response === undefined || response.destroyed) return;
      const leftMs = (expiresAtMs ?? Number.POSITIVE_INFINITY) - Date.now();
      const expiry = setTimeout(() => breakOff(response), Math.min(Math.max(0, leftMs), LONGEST_STREAM_MS));
      open.add(response);
      response.once('close', () => {
        clearTimeout(expiry);
        open.delete(response);
      });
    },
    end() {
      for (const response of open) response.end();
    },
  };
}

function breakOff(response: ServerResponse): void {
  response.end();
  // Who does not read does not let it end.
  setTimeout(() => response.destroy(), 1_000).unref();
}
