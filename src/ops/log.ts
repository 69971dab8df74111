/** The log: pino, with a sink of its own on standard output. */
import { writeSync } from 'node:fs';
import type { YogaLogger } from 'graphql-yoga';
import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** The server's log: one line for each event; JSON, or readable on a terminal. */
export type Log = Logger;

/** Options of {@link createLog}. */
export interface LogOptions {
  /** Least severe level that is written; `silent` writes nothing. */
  readonly level: string;
  /** Whether lines are for a person on a terminal. @default false */
  readonly isPretty?: boolean;
}

/** Lines are written in batches: after so long, or of so many characters. */
const BATCH_INTERVAL_MS = 50;
const MAX_BATCH_CHARACTERS = 16_384;
/** Lines are dropped while the reader of standard output stalls and so much is buffered for it. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
/** Time that the process spends on its last lines when it exits. */
const FLUSH_TIMEOUT_MS = 500;

/**
 * A log on standard output. Lines are written in batches, as a write costs far more than a line; the last ones when the process
 * exits. A reader that stalls or goes away stops neither the server nor its exit.
 */
export function createLog({ level, isPretty = false }: LogOptions): Log {
  const { stdout } = process;
  const readable = isPretty ? prettyFactory({ ignore: 'pid,hostname', singleLine: true }) : (line: string) => line;
  let lines = '';
  function flush(): void {
    if (lines !== '' && stdout.writableLength < MAX_BUFFERED_BYTES) stdout.write(lines);
    lines = '';
  }
  process.once('exit', () => writeNow(lines));
  stdout.on('error', () => {});
  return pino(
    { level },
    {
      write(line: string) {
        if (lines === '') setTimeout(flush, BATCH_INTERVAL_MS).unref();
        lines += readable(line);
        if (lines.length >= MAX_BATCH_CHARACTERS) flush();
      },
    },
  );
}

/** The log for Yoga, without the errors of JSON that it could not parse: they quote it, and the client receives them anyway. */
export function withoutQuotes(log: Log): YogaLogger {
  return {
    debug: log.debug.bind(log),
    info: log.info.bind(log),
    warn: log.warn.bind(log),
    error: (...args) => {
      if (!args.some((arg) => arg instanceof SyntaxError)) log.error(...(args as [unknown]));
    },
  };
}

/** Resolves when all that was written has reached its reader, or when that takes too long. */
export function flushLog(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FLUSH_TIMEOUT_MS).unref();
    process.stdout.write('', () => resolve());
  });
}

/** Writes synchronously, for when the process exits. */
function writeNow(text: string): void {
  const untilMs = performance.now() + FLUSH_TIMEOUT_MS;
  for (let rest = Buffer.from(text); rest.length > 0 && performance.now() < untilMs; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // A full pipe may be read in a moment; a broken one never is.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
    }
  }
}
