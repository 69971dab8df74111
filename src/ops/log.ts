import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

/** The server's log: one line an event, on standard output; JSON, or for people on a terminal. */
export type Log = Logger;

/** How to log. */
export interface LogOptions {
  /** What is below it is left out; `silent` leaves out everything. */
  readonly level: string;
  /** Whether a person reads it. Default: no. */
  readonly isPretty?: boolean;
}

/** Lines are written while the server goes on; what is still to be written when the process ends is written then. */
export function createLog({ level, isPretty = false }: LogOptions): Log {
  if (isPretty) return pino({ level }, PinoPretty({ ignore: 'pid,hostname', sync: true }));
  return pino({ level }, pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: 100 }));
}
