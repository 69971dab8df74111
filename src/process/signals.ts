/** The signals that end the process. Loaded before everything else: imports nothing. */

/** What is to be done when the process is to end. */
export interface Shutdown {
  /** The process exits when this resolves. */
  readonly run: (signal: NodeJS.Signals) => Promise<void>;
  /** The process exits by then in any case; milliseconds. */
  readonly withinMs: number;
  /** Whether a second signal exits with 1 at once. @default true */
  readonly isForcible?: boolean;
}

/** Within so long, a second signal is taken for a copy of the first. */
const DUPLICATE_SIGNAL_MS = 1_000;

/** Until something is served there is nothing to finish. */
let shutdown: Shutdown = { run: async () => {}, withinMs: 0 };
let firstAtMs: number | null = null;

/**
 * Ends the process in order at the first SIGINT or SIGTERM: shuts down what is served by then, and exits with 0. A second signal
 * exits with 1 at once, unless it is a copy of the first: a terminal signals all processes of a group, and npm and the primary of
 * workers pass on what they received. The first process of a container ignores signals for which it has no handler.
 */
export function handleSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
}

/** Sets what is to be done before the process exits. A signal that came before has ended the process already. */
export function shutDownOnSignal(wanted: Shutdown): void {
  shutdown = wanted;
}

function onSignal(signal: NodeJS.Signals): void {
  const { run, withinMs, isForcible = true } = shutdown;
  if (firstAtMs === null) {
    firstAtMs = performance.now();
    // Exits explicitly: a log that nobody reads would keep the process.
    const exit = () => process.exit(0);
    setTimeout(exit, withinMs);
    void run(signal).then(exit);
  } else if (isForcible && performance.now() - firstAtMs > DUPLICATE_SIGNAL_MS) {
    process.exit(1);
  }
}
