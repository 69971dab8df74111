import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { parse as parseJson } from 'lossless-json';
import { keyOf, type Resource, type StatusKey } from '../bsg/resource.ts';
import { smsById, smsByReference } from '../bsg/resources/sms.ts';
import type { Sms } from '../bsg/sms.ts';
import { readBody } from '../request/body.ts';
import type { RequestContext } from '../request/context.ts';
import { refusalOf } from '../request/errors.ts';

/** Options of {@link useDeliveryReports}. */
export interface DeliveryReportsOptions {
  /** The path behind `/hooks/bsg/`; null: there is no such endpoint. */
  readonly secret: string | null;
  /** Called with the message that a report is about. */
  readonly onReport: (message: ReportedMessage) => void;
}

/** A message that BSG reports about. */
export interface ReportedMessage {
  /** The same for all reports of a message. */
  readonly text: string;
  /** The keys that the report names. All of them count, as the cache may have evicted the message by one of them. */
  readonly keys: readonly StatusKey<Sms>[];
}

/** What Yoga holds of a request. */
interface NodeContext {
  readonly received: RequestContext;
  /** Absent where the request was made in this process. */
  readonly req?: IncomingMessage;
}

const PATH = '/hooks/bsg/';
/** A report has a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Receives BSG's delivery reports at `/hooks/bsg/{secret}`: as JSON, as a form or in the query string. BSG does not sign
 * them, so a report is a reason to fetch the message again, and nothing in it is trusted but which message it is about.
 */
export function useDeliveryReports({ secret, onReport }: DeliveryReportsOptions): Plugin<object, NodeContext> {
  const expected = secret === null ? null : digest(secret);
  return {
    // Not async, so that GraphQL requests do not wait here.
    onRequest({ request, url, endResponse, serverContext, fetchAPI: { Response } }) {
      const { path } = serverContext.received.head;
      if (!path.startsWith(PATH)) return;
      const end = (status: number) => endResponse(new Response(null, { status }));
      const given = digest(path.slice(PATH.length));
      if (expected === null || !timingSafeEqual(given, expected)) return end(404);
      return receiveReport(request, serverContext.req, url, onReport).then(end);
    },
  };
}

/** Returns the HTTP status of the response. */
async function receiveReport(
  request: Request,
  req: IncomingMessage | undefined,
  url: URL,
  onReport: DeliveryReportsOptions['onReport'],
): Promise<number> {
  if (request.method !== 'GET' && request.method !== 'POST') return 405;
  const body = request.method === 'POST' ? await textOf(request, req) : '';
  if (body instanceof GraphQLError) return refusalOf(body).status;

  const message = messageOf(body === '' ? Object.fromEntries(url.searchParams) : parse(body));
  if (message === null) return 400;
  onReport(message);
  return 204;
}

async function textOf(request: Request, req: IncomingMessage | undefined): Promise<string | GraphQLError> {
  if (req === undefined) return request.text();
  const body = await readBody(req, MAX_BODY_BYTES);
  return body instanceof GraphQLError ? body : body.toString();
}

/** JSON, else a form, whatever the content type is. */
function parse(body: string): unknown {
  try {
    // Numbers stay text: an id has up to 20 digits.
    return parseJson(body, undefined, (digits) => digits);
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}

/** The message, by its id and its reference; null where the report names neither. */
function messageOf(report: unknown): ReportedMessage | null {
  if (typeof report !== 'object' || report === null) return null;
  const { id, reference }: { readonly id?: unknown; readonly reference?: unknown } = report;
  const keys = [validKey(smsById, id), validKey(smsByReference, reference)].filter((key) => key !== null);
  return keys[0] === undefined ? null : { text: keys[0].text, keys };
}

function validKey(resource: Resource<Sms>, id: unknown): StatusKey<Sms> | null {
  return typeof id === 'string' && resource.validate(id) === null ? keyOf(resource, id) : null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
