import { format } from 'node:util';
import type { Log } from './log.ts';

/** Makes what libraries print on the console lines of the log, so that each line of the output can be parsed. */
export function redirectConsole(log: Log): void {
  const lineOf =
    (level: 'error' | 'warn' | 'info' | 'debug') =>
    (...parts: unknown[]) =>
      log[level](format(...parts));
  Object.assign(console, {
    error: lineOf('error'),
    warn: lineOf('warn'),
    info: lineOf('info'),
    log: lineOf('info'),
    debug: lineOf('debug'),
  });
}
