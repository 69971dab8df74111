import cluster, { type Worker } from 'node:cluster';
import type { Log } from './log.ts';

/** Worker processes that share a port. */
export interface Workers {
  /** How many listen. */
  readonly listening: number;
  /** Passes a signal on, and resolves when all have exited; one that does not exit within `withinMs` is killed. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<void>;
}

const RESTART_DELAY_MS = 1_000;

/**
 * Starts workers of this program, and replaces each that exits. Resolves when all listen; rejects where one exits before that,
 * as its replacement would exit for the same reason.
 */
export async function startWorkers(count: number, log: Log): Promise<Workers> {
  const listening = new Set<Worker>();
  let isEnding = false;

  /** Resolves when the worker listens, rejects when it exits before that. */
  function start(): Promise<void> {
    const worker = cluster.fork();
    return new Promise((resolve, reject) => {
      worker.once('listening', () => {
        listening.add(worker);
        resolve();
      });
      worker.once('exit', (code, signal) => {
        listening.delete(worker);
        reject(new Error(`A worker exited with ${code ?? signal}.`));
        if (isStarted && !isEnding) replace(worker, code ?? signal);
      });
    });
  }

  function replace({ process: { pid } }: Worker, exitedWith: number | string): void {
    log.error({ worker: pid, exitedWith }, 'A worker exited: starting another.');
    setTimeout(() => {
      // One that exits before it listens is replaced in its turn.
      if (!isEnding) start().catch(() => {});
    }, RESTART_DELAY_MS);
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
