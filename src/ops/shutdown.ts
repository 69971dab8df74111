import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Options of {@link shutDown}. */
export interface ShutdownOptions {
  /** By when all connections are closed; milliseconds. Requests in flight have to finish a little before. */
  readonly shutdownMs: number;
  /** Called repeatedly meanwhile: ends the streams, which would never end by themselves. */
  readonly endStreams: () => void;
  /** Called when that time is over: closes the WebSockets, which HTTP counts as connections no more. */
  readonly closeSockets: () => void;
}

const SWEEP_INTERVAL_MS = 50;
/**
 * A proxy may have sent a request on a connection that looks idle from here: it is idle after so many sweeps without a request on
 * any. They are counted, not timed, as a busy process reads between two of them what has arrived.
 */
const IDLE_SWEEPS = 10;
/** To close thousands of connections takes a while: that much of the time, and no longer. */
const CLOSING = { share: 0.1, maxMs: 500 };

/**
 * Graceful shutdown: stops accepting connections, lets requests in flight finish, and resolves when the last connection is
 * closed. Keep-alive connections stay open until no request has arrived for half a second, as one may be on its way, which a
 * zero-downtime rollout needs.
 */
export async function shutDown(
  server: HttpServer,
  { shutdownMs, endStreams, closeSockets }: ShutdownOptions,
): Promise<void> {
  const closed = once(server, 'close');
  // Accepts what has connected before: the system would reset it.
  await nextTurn();
  // Not `server.close()` of HTTP, which closes idle connections at once, under a request that is on its way.
  NetServer.prototype.close.call(server);
  let sweeps = 0;
  server.on('request', () => {
    sweeps = 0;
  });
  const sweep = setInterval(() => {
    endStreams();
    if (++sweeps >= IDLE_SWEEPS) server.closeIdleConnections();
  }, SWEEP_INTERVAL_MS);
  const giveUp = setTimeout(
    () => {
      server.closeAllConnections();
      closeSockets();
    },
    shutdownMs - Math.min(CLOSING.share * shutdownMs, CLOSING.maxMs),
  );
  endStreams();
  await closed;
  clearInterval(sweep);
  clearTimeout(giveUp);
}
