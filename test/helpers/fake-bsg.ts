/** A fake BSG over HTTP, which counts requests and responds as the test says. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from './http.ts';

/** Which of BSG's calls a request is, by its path: `task` is the campaign path of the SDKs. */
export type BsgRequestKind = 'sms' | 'reference' | 'task' | 'getStatus' | 'other';

/** A request as the fake BSG received it. */
export interface BsgRequest extends IncomingMessage {
  /** Counts from 1, through all kinds. */
  readonly number: number;
  readonly kind: BsgRequestKind;
  /** The id, reference or task id in the path; empty for `getStatus`. */
  readonly key: string;
  /** Of a POST; else empty. */
  readonly body: string;
  /** The ids of a well-formed `POST /sms/getStatus`, digit by digit as they were sent; else empty. */
  readonly ids: readonly string[];
}

/** Writes the response to one request, at once or later; a responder that never writes is a BSG that hangs. */
export type Respond = (request: BsgRequest, response: ServerResponse) => void;

/** A BSG that a test scripts, over real HTTP. It records every request. */
export interface FakeBsg {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** What it responds from now on. */
  respond: Respond;
  /** In the order of arrival. */
  readonly requests: readonly BsgRequest[];
  /** The paths of {@link FakeBsg.requests}. */
  readonly paths: readonly string[];
  /** The largest number of requests that were in flight at once. */
  readonly maxInFlight: number;
  /** How many requests of this kind came. */
  count(kind: BsgRequestKind): number;
  /** Resolves once this many requests have come. */
  received(count: number): Promise<void>;
  /** Drops the records of the requests so far, so that a test counts from here. */
  forgetRequests(): void;
}

/**
 * Starts a fake BSG that lives as long as the test.
 *
 * @param respond What it responds at first. @default `knowsAll()`
 * @example
 * const bsg = await startFakeBsg();
 * bsg.respond = respondWith({ error: 20 });
 */
export async function startFakeBsg(respond: Respond = knowsAll()): Promise<FakeBsg> {
  const requests: BsgRequest[] = [];
  const waiting = new Set<() => void>();
  let number = 0;
  let inFlight = 0;
  let maxInFlight = 0;

  const baseUrl = await listen(async (message, response) => {
    maxInFlight = Math.max(maxInFlight, ++inFlight);
    response.once('close', () => inFlight--);
    const body = message.method === 'POST' ? await text(message) : '';
    const request = Object.assign(message, { number: ++number, body, ...parseRequest(message, body) });
    requests.push(request);
    for (const check of waiting) check();
    bsg.respond(request, response);
  });
  const bsg: FakeBsg = {
    baseUrl,
    respond,
    requests,
    get paths() {
      return requests.map(({ url = '' }) => url);
    },
    get maxInFlight() {
      return maxInFlight;
    },
    count: (kind) => requests.filter((request) => request.kind === kind).length,
    received: (count) =>
      new Promise((resolve) => {
        const check = () => {
          if (requests.length < count) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    forgetRequests: () => void requests.splice(0),
  };
  return bsg;
}

function parseRequest({ method, url = '' }: IncomingMessage, body: string) {
  const none = { key: '', ids: [] };
  if (method === 'POST' && url === '/sms/getStatus') {
    const [, ids = ''] = /^\{"ids":\[(\d+(?:,\d+)*)\]\}$/.exec(body) ?? [];
    return { ...none, kind: 'getStatus' as const, ids: ids === '' ? [] : ids.split(',') };
  }
  const [, folder, key = ''] = /^\/sms\/(?:(reference|task)\/)?([^/]+)$/.exec(url) ?? [];
  if (method !== 'GET' || key === '') return { ...none, kind: 'other' as const };
  return { ...none, kind: (folder ?? 'sms') as 'reference' | 'task' | 'sms', key };
}

/** One response to every request. A string is sent verbatim. */
export function respondWith(body: unknown, status = 200): Respond {
  return (_, response) => sendJson(response, body, status);
}

/**
 * Knows every message, by its id and as `ref_<id>`, and every campaign, by `/sms/task/<id>`.
 *
 * @param differences What all of the messages have in common, beside {@link wireSms}.
 */
export function knowsAll(differences: object = {}): Respond {
  return ({ kind, key, ids }, response) => {
    const sms = (id: string) => wireSms({ id, reference: `ref_${id}`, ...differences });
    if (kind === 'task') sendJson(response, wireCampaign());
    else if (kind === 'sms') sendJson(response, sms(key));
    else if (kind === 'reference' && key.startsWith('ref_')) sendJson(response, sms(key.slice('ref_'.length)));
    else if (kind === 'getStatus' && ids.length > 0)
      sendJson(response, { result: ids.map((id) => toMassItem(sms(id))) });
    else if (kind === 'getStatus') sendJson(response, { error: 24, errorDescription: 'Invalid payload' }, 400);
    else sendJson(response, { error: 20, errorDescription: 'SMS not found' });
  };
}

/** Responds only once `size` requests wait: a client that sends fewer at once waits for ever. */
export function inGroupsOf(size: number, respond: Respond = knowsAll()): Respond {
  let waiting: (() => void)[] = [];
  return (request, response) => {
    waiting.push(() => respond(request, response));
    if (waiting.length < size) return;
    // The last first: a response belongs to its request, not to its place.
    for (const send of waiting.reverse()) send();
    waiting = [];
  };
}

/** Holds its responses back until the test releases them; later ones are sent at once. */
export function held(respond: Respond = knowsAll()): { readonly respond: Respond; release(): void } {
  let waiting: (() => void)[] | null = [];
  return {
    respond(request, response) {
      if (waiting === null) respond(request, response);
      else waiting.push(() => respond(request, response));
    },
    release() {
      for (const send of waiting ?? []) send();
      waiting = null;
    },
  };
}

/** Never responds. */
export const hangs: Respond = () => {};

/** Is down, behind a proxy that says so in HTML. */
export const isDown: Respond = respondWith('<!doctype html><h1>Service Unavailable</h1>', 503);

/** Writes a response with the content type that BSG uses. A string is sent verbatim. */
export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A message on the wire; what the test is about is given. */
export function wireSms(differences: object = {}) {
  return {
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
    ...differences,
  };
}

/** A message as an item of the response to `POST /sms/getStatus`. */
export function toMassItem({ error, errorDescription, reference, time_in, ...item }: ReturnType<typeof wireSms>) {
  return { ...item, external_id: reference };
}

/** A campaign on the wire; what the test is about is given. */
export function wireCampaign(differences: object = {}) {
  return {
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
    ...differences,
  };
}
