/** Validation of `/sms/create`. Each check returns BSG's error number; null for none. */
import { type JsonObject, toText } from './json.ts';
import { isTariff, priceOf } from './prices.ts';
import type { Store } from './store.ts';

/** Up to 50 characters in the new specification, of which BSG's page allows 32: a UUID has 36. */
const REFERENCE = /^[A-Za-z0-9_-]{1,50}$/;
const MSISDN = /^[1-9]\d{4,14}$/;
const MAX_ORIGINATOR_LENGTH = 14;
const MAX_BODY_LENGTH = 1_530;
const MAX_VALIDITY_HOURS = 72;

/** One recipient of a request. */
export interface Recipient {
  readonly msisdn: string;
  readonly reference: string;
  readonly validity: unknown;
}

/** Whether BSG accepts the reference. */
export function isReference(reference: string): boolean {
  return REFERENCE.test(reference);
}

/** Whether it is a number of hours that BSG accepts, as a number or a text. */
export function isValidity(validity: unknown): boolean {
  const hours = toText(validity);
  return /^\d{1,2}$/.test(hours) && Number(hours) >= 1 && Number(hours) <= MAX_VALIDITY_HOURS;
}

/** Checks originator and body. */
export function findTextError({ originator, body }: JsonObject): number | null {
  if (typeof originator !== 'string' || originator === '' || originator.length > MAX_ORIGINATOR_LENGTH) return 25;
  return typeof body !== 'string' || body.trim() === '' || body.length > MAX_BODY_LENGTH ? 26 : null;
}

/** Checks the tariff, which may be missing. */
export function findTariffError({ tariff }: JsonObject): number | null {
  return tariff == null || isTariff(toText(tariff)) ? null : 6;
}

/** Checks one recipient; `listed` has the phone numbers before it in the same campaign. */
export function findRecipientError(
  store: Store,
  { msisdn, reference, validity }: Recipient,
  listed: ReadonlySet<string>,
): number | null {
  if (!MSISDN.test(msisdn)) return 21;
  if (reference === '') return 22;
  if (!isReference(reference)) return 27;
  if (store.smsByReference.has(reference)) return 23;
  if (validity !== undefined && !isValidity(validity)) return 28;
  if (listed.has(msisdn)) return 31;
  return priceOf(msisdn) > store.balance ? 8 : null;
}
