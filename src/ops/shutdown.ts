import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';

/** How a server comes to its end. */
export interface ShutdownOptions {
  /** How long what is in flight may take; what takes longer is cut off. Milliseconds. */
  readonly shutdownMs: number;
  /** Called again and again meanwhile: ends what would never end by itself. */
  readonly endStreams: () => void;
}

/** A proxy may have sent a request on a connection that looks idle from here: how long to wait for it. */
const LINGER_MS = 500;
const SWEEP_MS = 50;

/**
 * Stops accepting connections, lets the requests in flight be answered, and resolves when the last connection is closed.
 * Connections that are kept alive stay open for half a second for the request that may be on its way.
 */
export async function shutDown(server: HttpServer, { shutdownMs, endStreams }: ShutdownOptions): Promise<void> {
  const closed = once(server, 'close');
  // Not `server.close()` of HTTP, which closes idle connections at once, under a request that is on its way.
  NetServer.prototype.close.call(server);
  const startedAtMs = performance.now();
  const sweep = setInterval(() => {
    endStreams();
    if (performance.now() - startedAtMs >= Math.min(LINGER_MS, shutdownMs)) server.closeIdleConnections();
  }, SWEEP_MS);
  const giveUp = setTimeout(() => server.closeAllConnections(), shutdownMs);
  endStreams();
  await closed;
  clearInterval(sweep);
  clearTimeout(giveUp);
}
