import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';

/** Options of {@link shutDown}. */
export interface ShutdownOptions {
  /** Time that requests in flight have to finish before their connections are closed; milliseconds. */
  readonly shutdownMs: number;
  /** Called repeatedly meanwhile: ends the streams, which would never end by themselves. */
  readonly endStreams: () => void;
  /** Called after that time: closes the WebSockets, which HTTP counts as connections no more. */
  readonly closeSockets: () => void;
}

/** A proxy may have sent a request on a connection that looks idle from here: how long to wait for it. */
const IDLE_TIMEOUT_MS = 500;
const SWEEP_INTERVAL_MS = 50;

/**
 * Graceful shutdown: stops accepting connections, lets requests in flight finish, and resolves when the last connection is
 * closed. Keep-alive connections stay open for half a second for a request that may be on its way, which a zero-downtime rollout
 * needs.
 */
export async function shutDown(
  server: HttpServer,
  { shutdownMs, endStreams, closeSockets }: ShutdownOptions,
): Promise<void> {
  const closed = once(server, 'close');
  // Not `server.close()` of HTTP, which closes idle connections at once, under a request that is on its way.
  NetServer.prototype.close.call(server);
  const startedAtMs = performance.now();
  const sweep = setInterval(() => {
    endStreams();
    if (performance.now() - startedAtMs >= Math.min(IDLE_TIMEOUT_MS, shutdownMs)) server.closeIdleConnections();
  }, SWEEP_INTERVAL_MS);
  const giveUp = setTimeout(() => {
    server.closeAllConnections();
    closeSockets();
  }, shutdownMs);
  endStreams();
  await closed;
  clearInterval(sweep);
  clearTimeout(giveUp);
}
