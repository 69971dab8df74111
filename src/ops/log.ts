import { writeSync } from 'node:fs';
import type { YogaLogger } from 'graphql-yoga';
import { type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** The server's log: one line an event; JSON, or for people on a terminal. */
export type Log = Logger;

/** How to log. */
export interface LogOptions {
  /** What is below it is left out; `silent` leaves out everything. */
  readonly level: string;
  /** Whether a person reads it. Default: no. */
  readonly isPretty?: boolean;
}

/** A line waits no longer, and no more than so much waits. */
const WRITE_MS = 50;
const WRITE_CHARACTERS = 16_384;
/** Lines are left out while a reader does not read, when so much waits for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** How long the last lines are tried to be written when the process ends. */
const LAST_WORDS_MS = 500;

/**
 * A log on standard output. Lines that come close together are written together, as a write costs far more than a line; the
 * last ones when the process ends. A reader that stalls or goes away stops neither the server nor its end.
 */
export function createLog({ level, isPretty = false }: LogOptions): Log {
  const { stdout } = process;
  const readable = isPretty ? prettyFactory({ ignore: 'pid,hostname', singleLine: true }) : (line: string) => line;
  let lines = '';
  function flush(): void {
    if (lines !== '' && stdout.writableLength < MAX_WAITING_BYTES) stdout.write(lines);
    lines = '';
  }
  process.once('exit', () => writeNow(lines));
  stdout.on('error', () => {});
  return pino(
    { level },
    {
      write(line: string) {
        if (lines === '') setTimeout(flush, WRITE_MS).unref();
        lines += readable(line);
        if (lines.length >= WRITE_CHARACTERS) flush();
      },
    },
  );
}

/** The log for Yoga, which logs what JSON it could not read, and quotes it; its caller is told of it anyway. */
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

/** Resolves when all that was written before has reached its reader, or when that takes too long. */
export function flushLog(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LAST_WORDS_MS).unref();
    process.stdout.write('', () => resolve());
  });
}

/** For when nothing can be waited for any more. */
function writeNow(text: string): void {
  const untilMs = performance.now() + LAST_WORDS_MS;
  for (let rest = Buffer.from(text); rest.length > 0 && performance.now() < untilMs; ) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // A pipe that is full may be read in a moment; one that is broken never is.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return;
    }
  }
}
