import cluster, { type Worker } from 'node:cluster';
import type { Log } from './log.ts';
import { HEARTBEAT_INTERVAL_MS, isHeartbeat } from './worker-metrics.ts';

/** Worker processes that share a port. */
export interface Workers {
  /** Resolves when all listen; rejects where one exits before that, as its replacement would exit for the same reason. */
  readonly started: Promise<void>;
  /** How many listen and respond. */
  readonly ready: number;
  /** Passes a signal on, and resolves when all have exited; one that does not exit within `withinMs` is killed. */
  end(signal: NodeJS.Signals, withinMs: number): Promise<void>;
}

const RESTART_DELAY_MS = 1_000;
/**
 * Heartbeats in a row that a worker misses before it is reported, and before it is killed and replaced. They are counted, not
 * timed: after the machine was suspended, no worker has missed more than one.
 */
const MISSED_HEARTBEATS = { reported: 5, killed: 10 };

/** Starts workers of this program, and replaces each that exits or hangs. */
export function startWorkers(count: number, log: Log): Workers {
  /** Those that listen, with the heartbeats that each has missed in a row. */
  const missed = new Map<Worker, number>();
  let isStarted = false;
  let isEnding = false;

  /** Resolves when the worker listens, rejects when it exits before that. */
  function start(): Promise<void> {
    const worker = cluster.fork();
    worker.on('message', (message) => {
      if (isHeartbeat(message) && missed.has(worker)) missed.set(worker, 0);
    });
    return new Promise((resolve, reject) => {
      worker.once('listening', () => {
        missed.set(worker, 0);
        resolve();
      });
      worker.once('exit', (code, signal) => {
        missed.delete(worker);
        if (isEnding) return;
        reject(new Error(`A worker exited with ${code ?? signal}.`));
        if (isStarted) replace(worker, code ?? signal);
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

  function countHeartbeats(): void {
    for (const [worker, before] of missed) {
      missed.set(worker, before + 1);
      if (before + 1 === MISSED_HEARTBEATS.reported)
        log.error({ worker: worker.process.pid }, 'A worker does not respond.');
      if (before + 1 === MISSED_HEARTBEATS.killed) worker.process.kill('SIGKILL');
    }
  }

  const heartbeats = setInterval(countHeartbeats, HEARTBEAT_INTERVAL_MS).unref();
  const started = Promise.all(Array.from({ length: count }, start)).then(() => {
    isStarted = true;
  });
  return {
    started,
    get ready() {
      return [...missed.values()].filter((beats) => beats < MISSED_HEARTBEATS.reported).length;
    },
    async end(signal, withinMs) {
      isEnding = true;
      clearInterval(heartbeats);
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
