/** Delivery reports of created messages: who may receive them, and when each is posted. */
import fetch from 'node-fetch';
import pLimit from 'p-limit';
import type { WireSms } from '../bsg/wire.ts';
import type { Clock } from './clock.ts';
import { lifeOf } from './life.ts';
import { type CreatedSms, movingSmsAt } from './moving-sms.ts';

/** How long a receiver may take to respond. */
const TIMEOUT_MS = 5_000;
/** Reports in flight at once: all messages of a campaign change at the same time. */
const MAX_CONCURRENCY = 20;
/** As BSG allows. */
const MAX_URL_LENGTH = 500;

/** Delivery reports of created messages, each posted to the `callback_url` of its message. */
export interface DeliveryReports {
  /** Posts each change of the message's status, when it happens. A report that cannot be delivered is not repeated. */
  send(message: CreatedSms, callbackUrl: string): void;
  /** Cancels what is still to be reported, and breaks off what is in flight. */
  close(): void;
}

/** Creates the sender of delivery reports. */
export function createDeliveryReports(clock: Clock): DeliveryReports {
  const closing = new AbortController();
  const cancels = new Set<() => void>();
  const limit = pLimit(MAX_CONCURRENCY);
  return {
    send(message, callbackUrl) {
      const [, ...changes] = lifeOf(message.msisdn);
      for (const { fromMs } of changes) {
        const cancel = clock.schedule(fromMs, () => {
          cancels.delete(cancel);
          const report = movingSmsAt(message, message.createdAtMs + fromMs);
          void limit(() => post(callbackUrl, report, closing.signal));
        });
        cancels.add(cancel);
      }
    },
    close() {
      for (const cancel of cancels) cancel();
      limit.clearQueue();
      closing.abort();
    },
  };
}

/**
 * Whether reports may be posted there: an http or https URL on loopback of up to 500 characters. Anyone who may create a
 * message chooses it, so any other host would be SSRF.
 */
export function isCallbackUrl(text: string): boolean {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Never rejects. Follows no redirect, which would be SSRF again. */
async function post(url: string, { error, errorDescription, ...report }: WireSms, closing: AbortSignal): Promise<void> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
      redirect: 'manual',
      signal: AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.arrayBuffer();
  } catch {
    // The receiver is down, too slow, or the sandbox closes: BSG promises no second attempt either.
  }
}
