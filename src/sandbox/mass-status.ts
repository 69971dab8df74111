/** `POST /sms/getStatus`: the statuses of up to 100 messages in one answer. */
import { isLosslessNumber, parse } from 'lossless-json';
import type { WireSms, WireSmsItem } from '../bsg/wire.ts';
import { type Answer, answerOk } from './answer.ts';
import { wireError } from './errors.ts';
import { invalidRequest } from './http-errors.ts';
import { isObject } from './json.ts';
import type { Entry, Store } from './store.ts';

const MAX_IDS = 100;
const MAX_ID_DIGITS = 20;

/**
 * Answers with one item for each message, in the order of their ids, as a database would. What has no item is not an error:
 * ids that do not exist, of campaigns, and those whose seeded failure is an answer of its own.
 */
export function answerMassStatus(store: Store, body: string, nowMs: number): Answer {
  const request = parseLossless(body);
  if (request === undefined) return invalidRequest(400, 'body', 'The request body is not JSON.');
  const ids = readIds(isObject(request) ? request['ids'] : undefined);
  if ('message' in ids) return invalidRequest(422, ids.field, ids.message);
  const result = ids.map((id) => itemOf(id, store.smsById.get(id), nowMs)).filter((item) => item !== null);
  return answerOk({ result });
}

/** Ids in ascending order, each once; or why they are refused. */
function readIds(ids: unknown): readonly string[] | { readonly field: string; readonly message: string } {
  if (!Array.isArray(ids) || ids.length === 0) return { field: 'ids', message: 'The ids field is required.' };
  if (ids.length > MAX_IDS) return { field: 'ids', message: `The ids field must not have more than ${MAX_IDS} items.` };
  const index = ids.findIndex((id) => !isId(id));
  if (index >= 0) return { field: `ids.${index}`, message: `The ids.${index} field must be an integer.` };
  return [...new Set(ids.map((id) => BigInt(String(id))))].sort((a, b) => (a < b ? -1 : 1)).map(String);
}

/** Ids are numbers on the wire, though a JavaScript number could not hold them; a text of digits is none. */
function isId(id: unknown): boolean {
  return isLosslessNumber(id) && /^\d+$/.test(id.value) && id.value.length <= MAX_ID_DIGITS;
}

function itemOf(id: string, entry: Entry<WireSms> | undefined, nowMs: number): WireSmsItem | null {
  if (entry === undefined) return null;
  switch (entry.kind) {
    case 'value':
      return toItem(entry.at(nowMs));
    case 'error':
      return entry.error === ERROR_AS_ITEM ? { id, ...wireError(entry.error) } : null;
    case 'http-error':
    case 'fault':
      return null;
    default:
      return entry satisfies never;
  }
}

/** The one seeded error that comes as an item. */
const ERROR_AS_ITEM = 32;

/** The fields of a single answer that an item has; `reference` has another name. */
function toItem({ id, reference, msisdn, time_sent, time_dr, status, price, currency }: WireSms): WireSmsItem {
  return { id, external_id: reference, msisdn, time_sent, time_dr, status, price, currency };
}

function parseLossless(body: string): unknown {
  try {
    return parse(body);
  } catch {
    return undefined;
  }
}
