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

/**
 * A log on standard output. Lines of one turn of the event loop are written together, those of the last one when the process
 * ends. A reader that goes away stops neither the server nor its end.
 */
export function createLog({ level, isPretty = false }: LogOptions): Log {
  const readable = isPretty ? prettyFactory({ ignore: 'pid,hostname', singleLine: true }) : (line: string) => line;
  let lines = '';
  function flush(): void {
    // Node writes to files, pipes and terminals before it goes on.
    process.stdout.write(lines);
    lines = '';
  }
  process.once('exit', flush);
  process.stdout.on('error', () => {});
  return pino(
    { level },
    {
      write(line: string) {
        if (lines === '') setImmediate(flush);
        lines += readable(line);
      },
    },
  );
}
