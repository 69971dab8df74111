/** `/sms/create`: messages and campaigns from a request body. */
import { findRecipientError, findTariffError, findTextError, isValidity } from './create-validation.ts';
import { NO_ERROR, wireError } from './errors.ts';
import { isObject, type JsonObject, parseJson, toText } from './json.ts';
import type { NewSms } from './moving-sms.ts';
import { CURRENCY, priceOf, totalOf } from './prices.ts';
import type { Store } from './store.ts';

const DEFAULT_VALIDITY_HOURS = 72;

/** Creates what is valid in the request, and returns BSG's answer. */
export function createMessages(store: Store, body: string, nowMs: number): unknown {
  const request = parseJson(body);
  if (!isObject(request)) return wireError(24);
  switch (request['destination']) {
    case 'phone':
      return createOne(store, request, nowMs);
    case 'phones':
    case 'individual':
      return createMany(store, request, nowMs);
    default:
      return wireError(request['destination'] === undefined ? 3 : 7);
  }
}

function createOne(store: Store, request: JsonObject, nowMs: number): unknown {
  const error = findTextError(request) ?? findTariffError(request);
  if (error !== null) return wireError(error);
  return { result: createRecipient(store, request, request, new Set(), nowMs).result };
}

function createMany(store: Store, request: JsonObject, nowMs: number): unknown {
  const phones = Array.isArray(request['phones'])
    ? request['phones'].map((phone) => (isObject(phone) ? phone : {}))
    : [];
  const texts = request['destination'] === 'phones' ? [request] : phones;
  const error =
    (phones.length === 0 ? 24 : null) ?? texts.map(findTextError).find((e) => e !== null) ?? findTariffError(request);
  if (error !== null) return wireError(error);

  const listed = new Set<string>();
  const recipients = phones.map((phone) => createRecipient(store, phone, request, listed, nowMs));
  const messages = recipients.flatMap(({ message }) => message ?? []);
  const task_id = store.createCampaign(
    {
      originator: toText(texts[0]?.['originator']),
      body: toText(texts[0]?.['body']),
      validity: isValidity(request['validity']) ? Number(request['validity']) : DEFAULT_VALIDITY_HOURS,
      messages,
    },
    nowMs,
  );
  const result = recipients.map((recipient) => recipient.result);
  return { task_id, result, total_price: totalOf(messages), currency: CURRENCY };
}

/** One entry of the result, with the created message; an invalid recipient has none. */
function createRecipient(
  store: Store,
  recipient: JsonObject,
  request: JsonObject,
  listed: Set<string>,
  nowMs: number,
): { readonly result: object; readonly message: NewSms | null } {
  const msisdn = toText(recipient['msisdn']);
  const reference = toText(recipient['reference']);
  const error = findRecipientError(store, { msisdn, reference, validity: request['validity'] }, listed);
  if (error !== null) return { result: { ...wireError(error), reference: reference || null, msisdn }, message: null };

  listed.add(msisdn);
  const message: NewSms = { msisdn, reference, price: priceOf(msisdn) };
  const id = store.createSms(message, nowMs);
  const result = { ...NO_ERROR, id, reference, msisdn, price: message.price, currency: CURRENCY };
  return { result, message };
}
