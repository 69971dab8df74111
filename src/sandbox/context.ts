import type { DeliveryReports } from './delivery-reports.ts';
import type { Store } from './store.ts';

/** What a request is answered from. */
export interface SandboxContext {
  readonly store: Store;
  readonly reports: DeliveryReports;
  /** Whether it offers `POST /sms/getStatus`, as older BSGs do not. */
  readonly hasMassStatus: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}
