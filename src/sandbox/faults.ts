/** Injected faults: what can go wrong between BSG and its client, and how it is written in place of an answer. */
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import { type Answer, writeAnswer } from './answer.ts';
import { type Clock, sleep } from './clock.ts';

/**
 * Shape of a {@link Fault}.
 *
 * - `delay`: the answer comes late, by `delayMs`.
 * - `429`: rate limited, with a `Retry-After` of `retryAfter` seconds.
 * - `500`: BSG fails.
 * - `html`: a proxy in between answers 502 with a page.
 * - `cut`: the connection breaks within the body.
 */
export const Fault = z.strictObject({
  kind: z.enum(['delay', '429', '500', 'html', 'cut']),
  delayMs: z.int().min(0).max(600_000).default(3_000),
  retryAfter: z.int().min(0).max(86_400).default(60),
});

/** One fault, for one request. */
export type Fault = z.infer<typeof Fault>;

const PAGE = '<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>';

/**
 * Writes the fault in place of the answer; a delay ends with the answer itself.
 *
 * @throws when `signal` cuts a delay short.
 */
export async function writeFault(
  response: ServerResponse,
  fault: Fault,
  answer: Answer,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      await sleep(clock, fault.delayMs, signal);
      return writeAnswer(response, answer);
    case '429':
      response.setHeader('retry-after', String(fault.retryAfter));
      return writeAnswer(response, { status: 429, body: { message: 'Too Many Requests' } });
    case '500':
      return writeAnswer(response, { status: 500, body: { message: 'Internal Server Error' } });
    case 'html':
      return writePage(response);
    case 'cut':
      return cutBody(response);
    default:
      // A kind of fault without its case does not compile.
      fault.kind satisfies never;
  }
}

function writePage(response: ServerResponse): void {
  response.writeHead(502, { 'content-type': 'text/html' });
  response.end(PAGE);
}

function cutBody(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/json', 'content-length': 400 });
  response.write('{"error":0,"errorDescription":"No err', () => response.destroy());
}
