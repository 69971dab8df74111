import { wireError } from './errors.ts';
import { isTariff, priceOf } from './prices.ts';
import { CURRENCY, type NewMessage, type Store } from './store.ts';

type Json = Readonly<Record<string, unknown>>;

const REFERENCE = /^[A-Za-z0-9_-]{1,32}$/;
const MSISDN = /^[1-9]\d{4,14}$/;
const LONGEST_ORIGINATOR = 14;
const LONGEST_BODY = 1_530;

/** `/sms/create`: makes the messages it can make and answers as BSG does. */
export function createMessages(store: Store, body: string, nowMs: number): unknown {
  const request = parseObject(body);
  if (request === null) return wireError(24);
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

function createOne(store: Store, request: Json, nowMs: number): unknown {
  const fault = faultOfText(request) ?? faultOfTariff(request);
  if (fault !== null) return wireError(fault);
  return { result: createRecipient(store, request, request, new Set(), nowMs).result };
}

function createMany(store: Store, request: Json, nowMs: number): unknown {
  const phones = Array.isArray(request['phones']) ? request['phones'].map(toObject) : [];
  const texts = request['destination'] === 'phones' ? [request] : phones;
  const fault =
    (phones.length === 0 ? 24 : null) ?? texts.map(faultOfText).find((f) => f !== null) ?? faultOfTariff(request);
  if (fault !== null) return wireError(fault);

  const listed = new Set<string>();
  const recipients = phones.map((phone) => createRecipient(store, phone, request, listed, nowMs));
  const messages = recipients.flatMap(({ message }) => message ?? []);
  const task_id = store.createCampaign(
    {
      originator: toText(texts[0]?.['originator']),
      body: toText(texts[0]?.['body']),
      validity: isValidity(request['validity']) ? Number(request['validity']) : 72,
      messages,
    },
    nowMs,
  );
  const total_price = Number(messages.reduce((total, { price }) => total + price, 0).toFixed(4));
  return { task_id, result: recipients.map(({ result }) => result), total_price, currency: CURRENCY };
}

/** One entry of the result: the message that was made, or what was wrong with this recipient. */
function createRecipient(store: Store, recipient: Json, request: Json, listed: Set<string>, nowMs: number) {
  const msisdn = toText(recipient['msisdn']);
  const reference = toText(recipient['reference']);
  const fault = faultOfRecipient(store, { msisdn, reference, validity: request['validity'] }, listed);
  if (fault !== null) return { result: { ...wireError(fault), reference: reference || null, msisdn }, message: null };

  listed.add(msisdn);
  const message: NewMessage = { msisdn, reference, price: priceOf(msisdn) };
  const id = store.createSms(message, nowMs);
  const result = {
    error: 0,
    errorDescription: 'No errors',
    id,
    reference,
    msisdn,
    price: message.price,
    currency: CURRENCY,
  };
  return { result, message };
}

function faultOfRecipient(
  store: Store,
  { msisdn, reference, validity = '72' }: { msisdn: string; reference: string; validity?: unknown },
  listed: ReadonlySet<string>,
): number | null {
  if (!MSISDN.test(msisdn)) return 21;
  if (reference === '') return 22;
  if (!REFERENCE.test(reference)) return 27;
  if (store.smsByReference.has(reference)) return 23;
  if (!isValidity(validity)) return 28;
  if (listed.has(msisdn)) return 31;
  return priceOf(msisdn) > store.balance ? 8 : null;
}

function isValidity(validity: unknown): boolean {
  const hours = toText(validity);
  return /^\d{1,2}$/.test(hours) && Number(hours) >= 1 && Number(hours) <= 72;
}

function faultOfText({ originator, body }: Json): number | null {
  if (typeof originator !== 'string' || originator === '' || originator.length > LONGEST_ORIGINATOR) return 25;
  return typeof body !== 'string' || body.trim() === '' || body.length > LONGEST_BODY ? 26 : null;
}

function faultOfTariff({ tariff }: Json): number | null {
  return tariff == null || isTariff(toText(tariff)) ? null : 6;
}

/** A text or a number as text; anything else is nothing. */
function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function parseObject(body: string): Json | null {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

function toObject(json: unknown): Json {
  return isObject(json) ? json : {};
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
