/** The signals that end the process. Loaded before everything else: imports nothing but Node's own. */
import cluster from 'node:cluster';

/** Within so long, a second signal is taken for a copy of the first. */
const DUPLICATE_SIGNAL_MS = 1_000;

/** Until something is served there is nothing to finish. */
let shutDown: (signal: NodeJS.Signals) => Promise<void> = async () => {};
let timeoutMs = 0;
let firstAtMs: number | null = null;

/**
 * Ends the process in order at the first SIGINT or SIGTERM: shuts down what is served by then, and exits with 0. A second signal
 * exits with 1 at once, unless it is a copy of the first: a terminal signals all processes of a group, and npm and the primary of
 * workers pass on what they received. The first process of a container ignores signals for which it has no handler.
 */
export function handleSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
}

/**
 * Sets what is to be done before the process exits, and within how many milliseconds it exits in any case. A signal that came
 * before has ended the process already.
 */
export function shutDownOnSignal(withinMs: number, run: (signal: NodeJS.Signals) => Promise<void>): void {
  timeoutMs = withinMs;
  shutDown = run;
}

function onSignal(signal: NodeJS.Signals): void {
  if (firstAtMs === null) {
    firstAtMs = performance.now();
    // Exits explicitly: a log that nobody reads would keep the process.
    const exit = () => process.exit(0);
    setTimeout(exit, timeoutMs);
    void shutDown(signal).then(exit);
  } else if (!cluster.isWorker && performance.now() - firstAtMs > DUPLICATE_SIGNAL_MS) {
    process.exit(1);
  }
}
