import { type Logger, pino } from 'pino';

/** The server's log: one line of JSON an event, on standard output. */
export type Log = Logger;

/** A log that leaves out what is below the level; `silent` leaves out everything. */
export function createLog(level: string): Log {
  return pino({ level });
}
