import type { z } from 'zod';
import type { WireCampaign, WireSms } from '../bsg/wire.ts';
import { ERROR_NUMBERS } from './errors.ts';
import { Fault } from './faults.ts';
import { type Entry, movingCampaign, movingSms, Store } from './store.ts';

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

/** The campaign example of the same page. */
const DOCUMENTED_CAMPAIGN: WireCampaign = {
  originator: 'alpha_name',
  body: 'message text',
  validity: 72,
  totalprice: 0.23,
  currency: 'EUR',
  sent: 1,
  delivered: 1,
  expired: 0,
  undeliverable: 0,
  unknown: 0,
};

/** One message for each word, each with quirks that BSG's answers are known for. */
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
};

/** The last digit of the phone number is how it ends; see `lifeOf`. */
const MOVING_ENDS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

const FAULTS: readonly (z.input<typeof Fault> & { readonly id: string })[] = [
  { id: '9408', kind: 'delay', delayMs: 30_000 },
  { id: '9429', kind: '429' },
  { id: '9499', kind: 'cut' },
  { id: '9500', kind: '500' },
  { id: '9502', kind: 'html' },
];

const CAMPAIGNS: Readonly<Record<string, Partial<WireCampaign>>> = {
  '5001': {},
  // Done, with every outcome, in strings.
  '5002': { sent: '100', delivered: '90', expired: '6', undeliverable: '4', totalprice: '23.0000000', validity: '72' },
  // Half way.
  '5003': { sent: 1000, delivered: 600, expired: 20, undeliverable: 5, totalprice: 230 },
  // All sent, some without a report.
  '5004': { sent: 10, delivered: 7, unknown: 3, totalprice: 2.3 },
  // Nothing went out.
  '5005': { error: '0', errorDescription: 'No errors', sent: 0, delivered: 0, totalprice: 0 },
  // The same number as an SMS: on the documented path the SMS answers.
  '211': { body: 'a campaign with the number of an SMS', sent: 2, delivered: 2, totalprice: 0.46 },
};

/** What the sandbox knows at its start; the README lists it. */
export function createSeededStore(): Store {
  const store = new Store();
  store.putSms('211', 'ext_id_19', always(DOCUMENTED_SMS));
  seedStatuses(store);
  seedMoving(store);
  seedErrors(store);
  seedFaults(store);
  for (const [taskId, differences] of Object.entries(CAMPAIGNS)) {
    store.campaigns.set(taskId, always({ ...DOCUMENTED_CAMPAIGN, ...differences }));
  }
  return store;
}

/** 301 to 311, `status_scheduled` and so on. */
function seedStatuses(store: Store): void {
  for (const [index, [status, quirks]] of Object.entries(STATUSES).entries()) {
    const id = String(301 + index);
    const wire = { ...DOCUMENTED_SMS, id, reference: `status_${status}`, status, ...quirks };
    store.putSms(id, wire.reference, always(wire));
  }
}

/** 401 to 410, `moving_1` and so on, and the campaign 5006: each begins to move when it is first asked about. */
function seedMoving(store: Store): void {
  const messages = MOVING_ENDS.map((lastDigit, index) => ({
    id: String(401 + index),
    reference: `moving_${index + 1}`,
    msisdn: `38097200001${lastDigit}`,
    price: 0.23,
  }));
  for (const message of messages) {
    store.putSms(
      message.id,
      message.reference,
      fromFirstLook((createdAtMs) => movingSms({ ...message, createdAtMs })),
    );
  }
  const campaign = { originator: 'alpha_name', body: 'message text', validity: 72, messages };
  store.campaigns.set(
    '5006',
    fromFirstLook((createdAtMs) => movingCampaign({ ...campaign, createdAtMs })),
  );
}

/** 9001 to 9036, `error_1` and so on, as message and as campaign. */
function seedErrors(store: Store): void {
  for (const error of ERROR_NUMBERS) {
    const id = String(9_000 + error);
    store.putSms(id, `error_${error}`, { error });
    store.campaigns.set(id, { error });
  }
}

/** 9408 to 9502, `fault_delay` and so on, as message and as campaign. */
function seedFaults(store: Store): void {
  for (const { id, ...options } of FAULTS) {
    const fault = Fault.parse(options);
    store.putSms(id, `fault_${fault.kind}`, { fault });
    store.campaigns.set(id, { fault });
  }
}

function always<Wire>(wire: Wire): Entry<Wire> {
  return { answer: () => wire };
}

function fromFirstLook<Wire>(startAt: (createdAtMs: number) => (nowMs: number) => Wire): Entry<Wire> {
  let answer: ((nowMs: number) => Wire) | null = null;
  return {
    answer: (nowMs) => {
      answer ??= startAt(nowMs);
      return answer(nowMs);
    },
  };
}
