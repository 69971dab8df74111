import cluster from 'node:cluster';
import { flushLog } from '../ops/log.ts';

/** Within so long, a second signal is taken for a copy of the first. */
const DUPLICATE_SIGNAL_MS = 1_000;

/**
 * Runs `shutDown` at the first SIGINT or SIGTERM, then exits with 0. A second signal exits with 1 at once, unless it is a copy
 * of the first: a terminal signals all processes of a group, and npm and the primary of workers pass on what they received.
 */
export function exitOnSignal(shutDown: (signal: NodeJS.Signals) => Promise<void>): void {
  let firstAtMs: number | null = null;
  function onSignal(signal: NodeJS.Signals): void {
    if (firstAtMs === null) {
      firstAtMs = performance.now();
      // Exits explicitly: a log that nobody reads would keep the process.
      void shutDown(signal)
        .then(flushLog)
        .then(() => process.exit(0));
    } else if (!cluster.isWorker && performance.now() - firstAtMs > DUPLICATE_SIGNAL_MS) {
      process.exit(1);
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
}
