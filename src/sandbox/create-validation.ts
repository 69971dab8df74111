/** Validation of `/sms/create`. Each check returns BSG's error; null for none. */
import { isCallbackUrl } from './delivery-reports.ts';
import { type WireError, wireError } from './errors.ts';
import { type JsonObject, toText } from './json.ts';
import { isTariff, priceOf } from './prices.ts';
import type { Store } from './store.ts';

/** Up to 50 characters in the new specification, of which BSG's page allows 32: a UUID has 36. */
const REFERENCE = /^[A-Za-z0-9_-]{1,50}$/;
const MSISDN = /^[1-9]\d{4,14}$/;
const MAX_ORIGINATOR_LENGTH = 14;
const MAX_BODY_LENGTH = 1_530;
const MAX_VALIDITY_HOURS = 72;

/** The limit to loopback is the sandbox's own, so the error says it. */
const CALLBACK_ERROR: WireError = {
  ...wireError(7),
  errorDescription:
    'Invalid parameters: callback_url is not an http or https URL of this machine (localhost, 127.0.0.1)',
};

/** One recipient of a request. */
export interface Recipient {
  readonly msisdn: string;
  readonly reference: string;
  readonly validity: unknown;
  /** Null for none. */
  readonly callbackUrl: unknown;
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
export function findTextError({ originator, body }: JsonObject): WireError | null {
  if (typeof originator !== 'string' || originator === '' || originator.length > MAX_ORIGINATOR_LENGTH)
    return wireError(25);
  return typeof body !== 'string' || body.trim() === '' || body.length > MAX_BODY_LENGTH ? wireError(26) : null;
}

/** Checks the tariff, which may be missing. */
export function findTariffError({ tariff }: JsonObject): WireError | null {
  return tariff == null || isTariff(toText(tariff)) ? null : wireError(6);
}

/** Checks one recipient; `listed` has the phone numbers before it in the same campaign. */
export function findRecipientError(
  store: Store,
  { msisdn, reference, validity, callbackUrl }: Recipient,
  listed: ReadonlySet<string>,
): WireError | null {
  if (!MSISDN.test(msisdn)) return wireError(21);
  if (reference === '') return wireError(22);
  if (!isReference(reference)) return wireError(27);
  if (store.smsByReference.has(reference)) return wireError(23);
  if (validity !== undefined && !isValidity(validity)) return wireError(28);
  if (callbackUrl !== null && !(typeof callbackUrl === 'string' && isCallbackUrl(callbackUrl))) return CALLBACK_ERROR;
  if (listed.has(msisdn)) return wireError(31);
  return priceOf(msisdn) > store.balance ? wireError(8) : null;
}
