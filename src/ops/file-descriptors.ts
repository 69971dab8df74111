import { open } from 'node:fs/promises';
import { Counter, type Registry } from 'prom-client';
import type { Log } from './log.ts';

/** Whether the process has file descriptors left. */
export interface FileDescriptors {
  readonly isExhausted: boolean;
  dispose(): void;
}

const CHECK_INTERVAL_MS = 1_000;

/**
 * Checks that the process can open a file, once a second. Where it cannot, no connection is accepted, and neither Node nor the
 * client gets an error. Logs when that begins and ends.
 * @param registry Counts the checks that fail.
 */
export function watchFileDescriptors(log: Log, registry: Registry): FileDescriptors {
  const failures = new Counter({
    name: 'bsg_graphql_file_descriptors_exhausted_total',
    help: 'Checks, one a second, that found no file descriptor left: no connection could be accepted.',
    registers: [registry],
  });
  let isExhausted = false;

  async function check(): Promise<void> {
    const isFailing = !(await canOpen());
    if (isFailing) failures.inc();
    if (isFailing === isExhausted) return;
    isExhausted = isFailing;
    if (isExhausted)
      log.error('No file descriptor is left: connections are not accepted. Raise the limit (ulimit -n).');
    else log.info('File descriptors are available again.');
  }
  const checks = setInterval(check, CHECK_INTERVAL_MS).unref();
  return {
    get isExhausted() {
      return isExhausted;
    },
    dispose: () => clearInterval(checks),
  };
}

async function canOpen(): Promise<boolean> {
  try {
    await (await open('/')).close();
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'EMFILE' && code !== 'ENFILE';
  }
}
