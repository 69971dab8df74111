/** The seeded messages. */
import type { WireSms } from '../bsg/wire.ts';
import { movingSmsAt, type NewSms } from './moving-sms.ts';
import { always, fromFirstRequest } from './seed-entries.ts';
import type { Store } from './store.ts';

/** The example of BSG's page "Get SMS status", field for field. */
const DOCUMENTED_SMS: WireSms = {
  error: 0,
  errorDescription: 'No errors',
  id: '211',
  msisdn: '380972000001',
  reference: 'ext_id_19',
  time_in: '2017-01-17 09:11:41',
  time_sent: '2017-01-17 09:11:41',
  time_dr: '2017-01-17 09:11:41',
  status: 'delivered',
  price: 0.23,
  currency: 'EUR',
};

/** One message for each status word, each with quirks that BSG's answers are known for. */
const STATUSES: Readonly<Record<string, Partial<WireSms>>> = {
  scheduled: { time_dr: null },
  moderation: { time_dr: '', error: '0' },
  accepted: { time_dr: '0000-00-00 00:00:00', price: '0.02' },
  sending: { time_dr: null, status: 'SENDING' },
  sent: { time_dr: '', price: '1.1000000' },
  delivered: { msisdn: 380972000001, status: 'DELIVERED' },
  expired: { error: '0', price: '0.23' },
  undeliverable: { msisdn: 380972 },
  rejected: { reference: null, price: 0 },
  unknown: { time_dr: '0000-00-00 00:00:00' },
  // A word that BSG has not published.
  buffered: { time_dr: null },
  // The new specification and the newer channels, with RFC 3339 times.
  new: { id: 312, ...rfc3339('.000000Z'), time_dr: null },
  waiting: { id: 313, ...rfc3339('.000000Z'), time_dr: null },
  read: rfc3339('+02:00'),
  failed: { id: 315, ...rfc3339('Z'), status: 'FAILED' },
  deleted: { id: 316, ...rfc3339('.000000Z') },
  // A time with a `T` and no zone.
  undelivered: rfc3339(''),
};

/** Messages with a key at the limit of what a key may be. */
const LIMITS: readonly Partial<WireSms>[] = [
  { id: '320', reference: '3f2b8c1e-6d47-4a59-9c0b-1e7d5a2f8b36' },
  { id: '18446744073709551615', reference: 'longest_id' },
];

/** Messages that move, one for each last digit of a phone number; see `lifeOf`. */
export const MOVING_SMS: readonly (NewSms & { readonly id: string })[] = Array.from({ length: 10 }, (_, lastDigit) => ({
  id: String(401 + lastDigit),
  reference: `moving_${lastDigit + 1}`,
  msisdn: `38097200001${lastDigit}`,
  price: 0.23,
}));

/** Seeds 211, 301 to 317 (`status_scheduled` and so on), those of {@link LIMITS}, and 401 to 410 (`moving_1` and so on). */
export function seedSms(store: Store): void {
  store.putSms('211', 'ext_id_19', always(DOCUMENTED_SMS));
  for (const [index, [status, quirks]] of Object.entries(STATUSES).entries()) {
    const id = String(301 + index);
    const wire = { ...DOCUMENTED_SMS, id, reference: `status_${status}`, status, ...quirks };
    store.putSms(id, wire.reference, always(wire));
  }
  for (const limit of LIMITS) {
    const wire = { ...DOCUMENTED_SMS, ...limit };
    store.putSms(String(wire.id), wire.reference, always(wire));
  }
  for (const message of MOVING_SMS) {
    const entry = fromFirstRequest((createdAtMs, nowMs) => movingSmsAt({ ...message, createdAtMs }, nowMs));
    store.putSms(message.id, message.reference, entry);
  }
}

/** The three times of a message, with that zone. */
function rfc3339(zone: string): Pick<WireSms, 'time_in' | 'time_sent' | 'time_dr'> {
  return {
    time_in: `2024-12-25T10:30:00${zone}`,
    time_sent: `2024-12-25T10:30:00${zone}`,
    time_dr: `2024-12-25T10:30:09${zone}`,
  };
}
