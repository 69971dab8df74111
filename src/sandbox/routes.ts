import type { WireCampaign, WireSms } from '../bsg/wire.ts';
import { createMessages } from './create.ts';
import { wireError } from './errors.ts';
import type { Answer, Fault } from './faults.ts';
import { isTariff, wirePrices } from './prices.ts';
import type { Entry, Store } from './store.ts';
import { CURRENCY } from './store.ts';

/** One call to the sandbox. */
export interface Call {
  readonly method: string;
  /** The parts of the path below `/rest`, still encoded: none that BSG knows needs encoding. */
  readonly parts: readonly string[];
  readonly apiKey: string;
  readonly body: string;
}

/** What a call comes to; a fault is written in place of the answer. */
export interface Outcome {
  readonly answer: Answer;
  readonly fault: Fault | null;
}

/** Answers a call as BSG does. */
export function route(store: Store, call: Call, nowMs: number): Outcome {
  if (!/^(test|live)_./.test(call.apiKey)) return outcomeOfError(1);
  return routeKnown(store, call, nowMs) ?? outcome(wireError(4));
}

function routeKnown(store: Store, { method, parts, body }: Call, nowMs: number): Outcome | null {
  const [section, name = '', key = '', ...rest] = parts;
  if (rest.length > 0) return null;
  if (section === 'sms' && name === 'create' && (method === 'PUT' || method === 'POST')) {
    return outcome(createMessages(store, body, nowMs));
  }
  if (method !== 'GET') return null;
  if (section === 'common' && name === 'balance') return outcome(wireBalance(store));
  if (section !== 'sms') return null;
  switch (name) {
    case 'prices':
      return outcome(key === '' || isTariff(key) ? wirePrices() : wireError(6));
    case 'reference':
      return outcomeOfSmsByReference(store, key, nowMs);
    case 'task':
    case 'task_id':
      return outcomeOfTask(store, key, nowMs);
    default:
      return key === '' ? outcomeOfNumber(store, name, nowMs) : null;
  }
}

/** `/sms/{id}` and `/sms/{task_id}` are one path: an SMS comes before a campaign of the same number. */
function outcomeOfNumber(store: Store, number: string, nowMs: number): Outcome {
  if (!/^\d+$/.test(number)) return outcome(wireError(7));
  return outcomeOf(store.smsById.get(number) ?? store.campaigns.get(number), 20, nowMs);
}

function outcomeOfSmsByReference(store: Store, reference: string, nowMs: number): Outcome {
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(reference)) return outcome(wireError(27));
  return outcomeOf(store.smsByReference.get(reference), 20, nowMs);
}

function outcomeOfTask(store: Store, taskId: string, nowMs: number): Outcome {
  if (!/^\d+$/.test(taskId)) return outcome(wireError(29));
  return outcomeOf(store.campaigns.get(taskId), 30, nowMs);
}

function outcomeOf(entry: Entry<WireSms | WireCampaign> | undefined, otherwise: number, nowMs: number): Outcome {
  if (entry === undefined) return outcome(wireError(otherwise));
  if ('error' in entry) return outcomeOfError(entry.error);
  if ('fault' in entry) return { answer: { status: 200, body: wireError(otherwise) }, fault: entry.fault };
  return outcome(entry.answer(nowMs));
}

/** Seeded errors come in both of BSG's shapes: even ones as a number in a 200, odd ones as a string in a 4xx. */
function outcomeOfError(error: number): Outcome {
  if (error % 2 === 0) return outcome(wireError(error));
  const status = error === 1 ? 401 : 400;
  return { answer: { status, body: { ...wireError(error), error: String(error) } }, fault: null };
}

function outcome(body: unknown): Outcome {
  return { answer: { status: 200, body }, fault: null };
}

function wireBalance(store: Store) {
  return { error: 0, errorDescription: 'No errors', amount: store.balance.toFixed(2), currency: CURRENCY, limit: '0' };
}
