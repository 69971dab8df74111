import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { readBody } from '../request/body.ts';
import type { RequestContext } from '../request/context.ts';
import { refusalOf } from '../request/errors.ts';
import { type ReportedMessage, reportedMessages } from './reported-messages.ts';

/** Options of {@link useDeliveryReports}. */
export interface DeliveryReportsOptions {
  /** The path behind `/hooks/bsg/`; null: there is no such endpoint. */
  readonly secret: string | null;
  /** Called with each message that a report is about. */
  readonly onReport: (message: ReportedMessage) => void;
}

/** What Yoga holds of a request. */
interface NodeContext {
  readonly received: RequestContext;
  /** Absent where the request was made in this process. */
  readonly req?: IncomingMessage;
}

const PATH = '/hooks/bsg/';
/** A report about one message has a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Receives BSG's delivery reports at `/hooks/bsg/{secret}`: in whatever form names messages. BSG does not sign them, so a report
 * is a reason to fetch its messages again, and nothing in it is trusted but which messages it is about.
 */
export function useDeliveryReports({ secret, onReport }: DeliveryReportsOptions): Plugin<object, NodeContext> {
  const expected = secret === null ? null : digest(secret);
  return {
    // Not async, so that GraphQL requests do not wait here.
    onRequest({ request, url, endResponse, serverContext, fetchAPI: { Response } }) {
      const { path } = serverContext.received.head;
      if (!path.startsWith(PATH)) return;
      const end = (status: number) => endResponse(new Response(null, { status }));
      const given = digest(path.slice(PATH.length).replace(/\/$/, ''));
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
  const body = request.method === 'POST' ? await bodyOf(request, req) : Buffer.of();
  if (body instanceof GraphQLError) return refusalOf(body).status;

  const contentType = request.headers.get('content-type');
  const messages = await reportedMessages({ body, contentType, query: url.searchParams });
  for (const message of messages) onReport(message);
  return messages.length === 0 ? 400 : 204;
}

async function bodyOf(request: Request, req: IncomingMessage | undefined): Promise<Buffer<ArrayBuffer> | GraphQLError> {
  return req === undefined ? Buffer.from(await request.arrayBuffer()) : readBody(req, MAX_BODY_BYTES);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
