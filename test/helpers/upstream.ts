import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './listen.ts';

/** A BSG that says what the test tells it to, over real HTTP. */
export interface Upstream {
  readonly baseUrl: string;
  /** The paths that were asked, in order. */
  readonly calls: string[];
  /** The requests as they came, in order. */
  readonly requests: IncomingMessage[];
  /** The most calls that were under way at the same time. */
  mostAtOnce: number;
}

type Handler = (request: IncomingMessage, response: ServerResponse, callNumber: number) => void;

/** Starts an upstream that lives as long as the test. `callNumber` counts from 1. */
export async function startUpstream(handler: Handler): Promise<Upstream> {
  let underWay = 0;
  const baseUrl = await listen((request, response) => {
    upstream.calls.push(request.url ?? '');
    upstream.requests.push(request);
    upstream.mostAtOnce = Math.max(upstream.mostAtOnce, ++underWay);
    response.once('close', () => underWay--);
    handler(request, response, upstream.calls.length);
  });
  const upstream: Upstream = { baseUrl, calls: [], requests: [], mostAtOnce: 0 };
  return upstream;
}

/** An upstream with one answer for everything. */
export function startUpstreamAnswering(body: unknown, status = 200): Promise<Upstream> {
  return startUpstream((_, response) => sendJson(response, body, status));
}

/** An upstream that knows every message, each by its id and as `ref_<id>`, and every campaign by `/sms/task/<id>`. */
export function startUpstreamKnowingAll(): Promise<Upstream> {
  return startUpstream((request, response) => sendJson(response, wireAnswerTo(request.url ?? '')));
}

/** An upstream that answers only when `together` calls wait: whoever asks less than that at once waits for ever. */
export function startUpstreamAnsweringTogether(together: number): Promise<Upstream> {
  let waiting: (() => void)[] = [];
  return startUpstream((request, response) => {
    waiting.push(() => sendJson(response, wireAnswerTo(request.url ?? '')));
    if (waiting.length < together) return;
    // The last first: an answer belongs to its call, not to its place.
    for (const answer of waiting.reverse()) answer();
    waiting = [];
  });
}

/** Writes an answer the way BSG labels it. A string is sent as it is. */
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

function wireAnswerTo(path: string): unknown {
  const [, , name = '', key = ''] = path.split('/');
  if (name === 'task') return wireCampaign();
  if (name !== 'reference') return wireSms({ id: name, reference: `ref_${name}` });
  return key.startsWith('ref_')
    ? wireSms({ id: key.slice('ref_'.length), reference: key })
    : { error: 20, errorDescription: 'SMS not found' };
}
