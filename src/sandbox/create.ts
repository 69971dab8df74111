/** `/sms/create`: messages and campaigns from a request body. */
import type { SandboxContext } from './context.ts';
import { findRecipientError, findTariffError, findTextError, isValidity } from './create-validation.ts';
import { NO_ERROR, wireError } from './errors.ts';
import { isObject, type JsonObject, parseJson, toText } from './json.ts';
import type { NewSms } from './moving-sms.ts';
import { CURRENCY, priceOf, totalOf } from './prices.ts';

const DEFAULT_VALIDITY_HOURS = 72;

/** Creates what is valid in the request, and returns BSG's answer. */
export function createMessages(context: SandboxContext, body: string): unknown {
  const request = parseJson(body);
  if (!isObject(request)) return wireError(24);
  switch (request['destination']) {
    case 'phone':
      return createOne(context, request);
    case 'phones':
    case 'individual':
      return createMany(context, request);
    default:
      return wireError(request['destination'] === undefined ? 3 : 7);
  }
}

function createOne(context: SandboxContext, request: JsonObject): unknown {
  const error = findTextError(request) ?? findTariffError(request);
  if (error !== null) return error;
  return { result: createRecipient(context, request, request, new Set()).result };
}

function createMany(context: SandboxContext, request: JsonObject): unknown {
  const phones = Array.isArray(request['phones'])
    ? request['phones'].map((phone) => (isObject(phone) ? phone : {}))
    : [];
  const texts = request['destination'] === 'phones' ? [request] : phones;
  // A wrong text is reported before missing phones.
  const textError = texts.map(findTextError).find((error) => error !== null) ?? null;
  const error = textError ?? (phones.length === 0 ? wireError(24) : null) ?? findTariffError(request);
  if (error !== null) return error;

  const listed = new Set<string>();
  const recipients = phones.map((phone) => createRecipient(context, phone, request, listed));
  const messages = recipients.flatMap(({ message }) => message ?? []);
  const task_id = context.store.createCampaign(
    {
      originator: toText(texts[0]?.['originator']),
      body: toText(texts[0]?.['body']),
      validity: isValidity(request['validity']) ? Number(request['validity']) : DEFAULT_VALIDITY_HOURS,
      messages,
    },
    context.nowMs,
  );
  const result = recipients.map((recipient) => recipient.result);
  return { task_id, result, total_price: totalOf(messages), currency: CURRENCY };
}

/** One entry of the result, with the created message; an invalid recipient has none. */
function createRecipient(
  { store, reports, nowMs }: SandboxContext,
  recipient: JsonObject,
  request: JsonObject,
  listed: Set<string>,
): { readonly result: object; readonly message: NewSms | null } {
  const msisdn = toText(recipient['msisdn']);
  const reference = toText(recipient['reference']);
  const callbackUrl = recipient['callback_url'] || request['callback_url'] || null;
  const fields = { msisdn, reference, validity: request['validity'], callbackUrl };
  const error = findRecipientError(store, fields, listed);
  if (error !== null) return { result: { ...error, reference: reference || null, msisdn }, message: null };

  listed.add(msisdn);
  const message = store.createSms({ msisdn, reference, price: priceOf(msisdn) }, nowMs);
  if (typeof callbackUrl === 'string') reports.send(message, callbackUrl);
  const { id, price } = message;
  return { result: { ...NO_ERROR, id, reference, msisdn, price, currency: CURRENCY }, message };
}
