/** Metrics and heartbeats, from workers to their primary. */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { MetricsText } from './metrics.ts';

/** How often a worker tells its primary that it responds. */
export const HEARTBEAT_INTERVAL_MS = 1_000;
/** A worker that does not report in time is represented by its last report. */
const REPORT_TIMEOUT_MS = 1_000;

/** The metrics of one worker, as prom-client aggregates them. */
type Report = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;
const REQUEST = { type: 'report' };

/** In a worker: sends heartbeats, and its metrics when the primary wants them. */
export function reportToPrimary(registry: Registry): void {
  // The primary may be gone.
  const send = (message: object) => void process.send?.(message, undefined, undefined, () => {});
  setInterval(() => send({ type: 'heartbeat' }), HEARTBEAT_INTERVAL_MS).unref();
  process.on('message', async (message) => {
    if (typeOf(message) === REQUEST.type) send({ type: 'report', report: await registry.getMetricsAsJSON() });
  });
}

/** In the primary: whether a message of a worker is its heartbeat. */
export function isHeartbeat(message: unknown): boolean {
  return typeOf(message) === 'heartbeat';
}

/** In the primary: the metrics of all workers as one. */
export function metricsOfWorkers(): MetricsText {
  const reports = new Map<Worker, Report>();
  cluster.on('exit', (worker) => reports.delete(worker));

  function requestReport(worker: Worker): Promise<void> {
    return new Promise((resolve) => {
      const timeout = setTimeout(finish, REPORT_TIMEOUT_MS);
      function receive(message: unknown): void {
        if (!isReport(message)) return;
        reports.set(worker, message.report);
        finish();
      }
      function finish(): void {
        clearTimeout(timeout);
        worker.off('message', receive);
        resolve();
      }
      worker.on('message', receive);
      worker.send(REQUEST, () => {});
    });
  }
  return {
    contentType: AggregatorRegistry.PROMETHEUS_CONTENT_TYPE,
    async metrics() {
      const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
      await Promise.all(workers.map(requestReport));
      return AggregatorRegistry.aggregate([...reports.values()]).metrics();
    },
  };
}

function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'type' in message ? message.type : null;
}

function isReport(message: unknown): message is { readonly report: Report } {
  return typeOf(message) === 'report';
}
