import { createHash, timingSafeEqual } from 'node:crypto';
import type { Plugin } from 'graphql-yoga';
import { parse as parseJson } from 'lossless-json';
import { faultOfKey, referenceKey, type StatusKey, smsKey } from '../statuses/status-key.ts';

/** What the endpoint for delivery reports is made of. */
export interface DeliveryReportsOptions {
  /** What stands behind `/hooks/bsg/`; null: there is no such endpoint. */
  readonly secret: string | null;
  /** Called for each key that a report names. */
  readonly onReport: (key: StatusKey) => void;
}

const PATH = '/hooks/bsg/';
/** A report has a few hundred bytes. */
const MAX_BODY_LENGTH = 64 * 1024;

/**
 * Takes BSG's delivery reports at `/hooks/bsg/{secret}`, as JSON, as a form or in the address. BSG signs none of them, so a
 * report is a hint to look again and nothing in it is believed but which message it is about.
 */
export function useDeliveryReports({ secret, onReport }: DeliveryReportsOptions): Plugin {
  const expected = secret === null ? null : digest(secret);
  return {
    // Not async: what is on its way to the endpoint does not wait here.
    onRequest({ request, url, endResponse, serverContext, fetchAPI: { Response } }) {
      if (!url.pathname.startsWith(PATH)) return;
      const end = (status: number) => endResponse(new Response(null, { status }));
      const given = digest(url.pathname.slice(PATH.length));
      if (expected === null || !timingSafeEqual(given, expected)) return end(404);
      // Over the wire, a body of unsaid length might have any.
      if (request.method === 'POST' && 'req' in serverContext && !request.headers.has('content-length'))
        return end(411);
      return takeReport(request, url, onReport).then(end);
    },
  };
}

/** The HTTP status to answer with. */
async function takeReport(request: Request, url: URL, onReport: (key: StatusKey) => void): Promise<number> {
  if (request.method !== 'GET' && request.method !== 'POST') return 405;
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_LENGTH) return 413;
  const body = request.method === 'POST' ? await request.text() : '';
  if (body.length > MAX_BODY_LENGTH) return 413;

  const key = keyOfReport(body === '' ? Object.fromEntries(url.searchParams) : parse(body));
  if (key === null) return 400;
  onReport(key);
  return 204;
}

/** JSON, else a form; whatever the content type says. */
function parse(body: string): unknown {
  try {
    // Numbers stay text, as an id has up to 20 digits.
    return parseJson(body, undefined, (digits) => digits);
  } catch {
    return Object.fromEntries(new URLSearchParams(body));
  }
}

/** One key is enough, as a message is known by both; the id before the reference. */
function keyOfReport(report: unknown): StatusKey | null {
  if (typeof report !== 'object' || report === null) return null;
  const id = 'id' in report && typeof report.id === 'string' ? smsKey(report.id) : null;
  const reference =
    'reference' in report && typeof report.reference === 'string' ? referenceKey(report.reference) : null;
  return [id, reference].find((key) => key !== null && faultOfKey(key) === null) ?? null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
