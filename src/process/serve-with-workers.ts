import type { Config } from '../config/config.ts';
import { createOpsListener, type Readiness } from '../ops/endpoints.ts';
import { flushLog, type Log } from '../ops/log.ts';
import { logResponse } from '../ops/request-log.ts';
import { metricsOfWorkers } from '../ops/worker-metrics.ts';
import { startWorkers, type Workers } from '../ops/workers.ts';
import { createHttpServer } from '../transports/http-server.ts';
import { listen } from './listen.ts';
import { shutDownOnSignal } from './signals.ts';

/** How much longer than `shutdownMs` a worker may take, to close its connections to BSG and Redis. */
const WORKER_GRACE_MS = 2_000;

/** Runs the primary of several workers, until a signal ends it: keeps them running, and serves `/ready` and `/metrics` for all. */
export async function serveWithWorkers(
  { host, opsPort, workers: count, shutdownMs }: Config['http'],
  log: Log,
): Promise<void> {
  let workers: Workers | null = null;
  let isDraining = false;
  function readiness(): Readiness {
    const ready = workers?.ready ?? 0;
    const status = isDraining ? 'draining' : ready === 0 ? 'starting' : 'ready';
    return { status, parts: { workers: `${ready} of ${count}` } };
  }
  const server = createHttpServer({
    listener: createOpsListener({ readiness, registry: metricsOfWorkers() }, (path, status) =>
      logResponse(log, path, status),
    ),
    onMalformed: (status, reason) => log.info({ route: 'malformed', status, reason }, 'response'),
  });
  const opsUrl = await listen(server, { host, port: opsPort ?? 0, portVariable: 'OPS_PORT' });
  workers = startWorkers(count, log);
  const { started, end } = workers;
  async function shutDown(signal: NodeJS.Signals): Promise<void> {
    isDraining = true;
    await end(signal, shutdownMs + WORKER_GRACE_MS);
    server.close();
    server.closeAllConnections();
    await flushLog();
  }
  shutDownOnSignal({ run: shutDown, withinMs: shutdownMs + 2 * WORKER_GRACE_MS });
  await started;
  log.info({ workers: count, opsUrl }, 'All workers are listening.');
}
