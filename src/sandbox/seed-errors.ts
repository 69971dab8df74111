/** The seeded errors and faults, each as a message and as a campaign of the same number. */
import type { z } from 'zod';
import { ERROR_NUMBERS } from './errors.ts';
import { Fault } from './faults.ts';
import { HTTP_ERROR_STATUSES } from './http-errors.ts';
import type { Entry, Store } from './store.ts';

const FAULTS: readonly (z.input<typeof Fault> & { readonly id: string })[] = [
  { id: '9408', kind: 'delay', delayMs: 30_000 },
  { id: '9429', kind: '429' },
  { id: '9499', kind: 'cut' },
  { id: '9500', kind: '500' },
  { id: '9502', kind: 'html' },
];

/** Seeds 8400 to 8500 (`http_400` and so on), 9001 to 9036 (`error_1` and so on) and 9408 to 9502 (`fault_delay` and so on). */
export function seedErrors(store: Store): void {
  for (const error of ERROR_NUMBERS) seed(store, String(9_000 + error), `error_${error}`, { kind: 'error', error });
  for (const status of HTTP_ERROR_STATUSES)
    seed(store, String(8_000 + status), `http_${status}`, { kind: 'http-error', status });
  for (const { id, ...options } of FAULTS) {
    const fault = Fault.parse(options);
    seed(store, id, `fault_${fault.kind}`, { kind: 'fault', fault });
  }
}

function seed(store: Store, id: string, reference: string, entry: Entry<never>): void {
  store.putSms(id, reference, entry);
  store.campaigns.set(id, entry);
}
