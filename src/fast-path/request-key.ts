import type { IncomingMessage } from 'node:http';

/** The headers that a response depends on, beside those that are computed for each response. */
const HEADERS = ['accept', 'content-type', 'origin', 'access-control-request-headers'] as const;

/** Longer bodies take too much memory to be kept as a key. */
const MAX_BODY_BYTES = 32 * 1024;

/**
 * The part of a key that the head and the caller's rights decide. Who the caller is makes no other difference: in one process either
 * all requests have a caller, or none has.
 */
export function headKey({ method, url, headers }: IncomingMessage, maySeePersonal: boolean): string {
  // No line of the head can contain a line feed, so that the parts cannot be mistaken for one another.
  let key = `${method} ${maySeePersonal ? 'personal' : 'public'}\n${url}\n`;
  for (const name of HEADERS) key += `${headers[name] ?? ''}\n`;
  return key;
}

/** Identifies a request by all that its response depends on, the statuses aside. Null where the body is too long to be kept. */
export function requestKey(head: string, body: Buffer | null): string | null {
  if (body === null) return head;
  return body.length > MAX_BODY_BYTES ? null : head + body.toString('latin1');
}
