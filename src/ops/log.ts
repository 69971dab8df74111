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

/**
 * A log on standard output. Lines that come close together are written together, as a write costs far more than a line; the
 * last ones when the process ends. A reader that goes away stops neither the server nor its end.
 */
export function createLog({ level, isPretty = false }: LogOptions): Log {
  const readable = isPretty ? prettyFactory({ ignore: 'pid,hostname', singleLine: true }) : (line: string) => line;
  let lines = '';
  function flush(): void {
    // Node writes to files, pipes and terminals before it goes on.
    if (lines !== '') process.stdout.write(lines);
    lines = '';
  }
  process.once('exit', flush);
  process.stdout.on('error', () => {});
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
