/** The paths of BSG's API, and what they answer. */
import type { WireCampaign, WireSms } from '../bsg/wire.ts';
import { type Answer, answerOk } from './answer.ts';
import type { SandboxContext } from './context.ts';
import { createMessages } from './create.ts';
import { isReference } from './create-validation.ts';
import { NO_ERROR, wireError } from './errors.ts';
import type { Fault } from './faults.ts';
import { httpError } from './http-errors.ts';
import { answerMassStatus } from './mass-status.ts';
import { CURRENCY, isTariff, wirePrices } from './prices.ts';
import type { Entry, Store } from './store.ts';

/** One request to the API. */
export interface ApiRequest {
  readonly method: string;
  /** The parts of the path below `/rest`, still encoded: none that BSG knows needs encoding. */
  readonly parts: readonly string[];
  readonly apiKey: string;
  readonly body: string;
}

/** What a request leads to. */
export interface Reply {
  readonly answer: Answer;
  /** Written in place of the answer; null for none. */
  readonly fault: Fault | null;
}

/** Answers a request as BSG does at that time. */
export function route(context: SandboxContext, request: ApiRequest): Reply {
  if (!/^(test|live)_./.test(request.apiKey)) return replyWithSeededError(1);
  return routeKnown(context, request) ?? reply(wireError(4));
}

function routeKnown(context: SandboxContext, { method, parts, body }: ApiRequest): Reply | null {
  const { store, hasMassStatus, nowMs } = context;
  const [section, name = '', key = '', ...rest] = parts;
  if (rest.length > 0) return null;
  const isWrite = method === 'PUT' || method === 'POST';
  if (section === 'sms' && name === 'create' && isWrite) return reply(createMessages(context, body));
  if (section === 'sms' && name === 'getStatus' && method === 'POST' && hasMassStatus) {
    return { answer: answerMassStatus(store, body, nowMs), fault: null };
  }
  if (method !== 'GET') return null;
  if (section === 'common' && name === 'balance') return reply(wireBalance(store));
  return section === 'sms' ? routeSms(store, name, key, nowMs) : null;
}

function routeSms(store: Store, name: string, key: string, nowMs: number): Reply | null {
  switch (name) {
    case 'prices':
      return reply(key === '' || isTariff(key) ? wirePrices() : wireError(6));
    case 'reference':
      return replyWithReference(store, key, nowMs);
    case 'task':
    case 'task_id':
      return replyWithTask(store, key, nowMs);
    default:
      return key === '' ? replyWithNumber(store, name, nowMs) : null;
  }
}

/** `/sms/{id}` and `/sms/{task_id}` are one path: an SMS comes before a campaign of the same number. */
function replyWithNumber(store: Store, number: string, nowMs: number): Reply {
  if (!/^\d+$/.test(number)) return reply(wireError(7));
  return replyWithEntry(store.smsById.get(number) ?? store.campaigns.get(number), 20, nowMs);
}

function replyWithReference(store: Store, reference: string, nowMs: number): Reply {
  if (!isReference(reference)) return reply(wireError(27));
  return replyWithEntry(store.smsByReference.get(reference), 20, nowMs);
}

function replyWithTask(store: Store, taskId: string, nowMs: number): Reply {
  if (!/^\d+$/.test(taskId)) return reply(wireError(29));
  return replyWithEntry(store.campaigns.get(taskId), 30, nowMs);
}

function replyWithEntry(entry: Entry<WireSms | WireCampaign> | undefined, notFoundError: number, nowMs: number): Reply {
  if (entry === undefined) return reply(wireError(notFoundError));
  switch (entry.kind) {
    case 'value':
      return reply(entry.at(nowMs));
    case 'error':
      return replyWithSeededError(entry.error);
    case 'http-error':
      return { answer: httpError(entry.status), fault: null };
    case 'fault':
      return { answer: answerOk(wireError(notFoundError)), fault: entry.fault };
    default:
      return entry satisfies never;
  }
}

/** Seeded errors come in both of BSG's shapes: even ones as a number in a 200, odd ones as a string in a 4xx. */
function replyWithSeededError(error: number): Reply {
  if (error % 2 === 0) return reply(wireError(error));
  const status = error === 1 ? 401 : 400;
  return { answer: { status, body: { ...wireError(error), error: String(error) } }, fault: null };
}

function reply(body: unknown): Reply {
  return { answer: answerOk(body), fault: null };
}

function wireBalance(store: Store) {
  return { ...NO_ERROR, amount: store.balance.toFixed(2), currency: CURRENCY, limit: '0' };
}
