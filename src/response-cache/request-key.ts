import type { IncomingMessage } from 'node:http';

/** The headers that a response depends on, beside those that are computed for each response. */
const HEADERS = ['accept', 'content-type', 'origin', 'access-control-request-headers'] as const;

/** Longer bodies take too much memory to be kept as a key. */
const MAX_BODY_BYTES = 32 * 1024;

/**
 * All that the response to an admitted request depends on, the statuses aside: the request byte for byte, and what its caller
 * may see. Null where the request is too long to be kept.
 */
export function requestKey(
  { method, url, headers }: IncomingMessage,
  body: Buffer | null,
  maySeePersonal: boolean,
): string | null {
  if (body !== null && body.length > MAX_BODY_BYTES) return null;
  // No line of the head can contain a line feed, so that the parts cannot be mistaken for one another.
  let key = `${method} ${maySeePersonal ? 'personal' : 'public'}\n${url}\n`;
  for (const name of HEADERS) key += `${headers[name] ?? ''}\n`;
  return body === null ? key : key + body.toString('latin1');
}
