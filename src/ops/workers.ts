import cluster, { type Worker } from 'node:cluster';
import type { Log } from './log.ts';

/** Processes that share a port. */
export interface Workers {
  /** Those that listen. */
  readonly listening: number;
  /** Passes a signal on, and resolves when all have ended; one that does not end by itself is ended after so long. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<void>;
}

const RESTART_MS = 1_000;

/**
 * Starts so many workers of this very program, and another one for each that ends before its time. Resolves when all listen;
 * rejects where one ends before that, as what ended it would end the next one too.
 */
export async function startWorkers(count: number, log: Log): Promise<Workers> {
  const listening = new Set<Worker>();
  let isEnding = false;

  /** Resolves when it listens, rejects when it ends before that. */
  function start(): Promise<void> {
    const worker = cluster.fork();
    return new Promise((resolve, reject) => {
      worker.once('listening', () => {
        listening.add(worker);
        resolve();
      });
      worker.once('exit', (code, signal) => {
        listening.delete(worker);
        reject(new Error(`A worker has ended with ${code ?? signal}.`));
        if (isStarted && !isEnding) replace(worker, code ?? signal);
      });
    });
  }

  function replace({ process: { pid } }: Worker, endedWith: number | string): void {
    log.error({ worker: pid, endedWith }, 'A worker has ended: another one takes its place.');
    setTimeout(() => {
      // One that ends before it listens is replaced in its turn.
      if (!isEnding) start().catch(() => {});
    }, RESTART_MS);
  }

  let isStarted = false;
  await Promise.all(Array.from({ length: count }, start));
  isStarted = true;
  return {
    get listening() {
      return listening.size;
    },
    async end(signal, withinMs) {
      isEnding = true;
      await Promise.all(
        Object.values(cluster.workers ?? {}).map((worker) => worker && endOf(worker, signal, withinMs)),
      );
    },
  };
}

function endOf(worker: Worker, signal: NodeJS.Signals, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const giveUp = setTimeout(() => worker.process.kill('SIGKILL'), withinMs);
    worker.once('exit', () => {
      clearTimeout(giveUp);
      resolve();
    });
    worker.process.kill(signal);
  });
}
