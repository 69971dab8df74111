import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';

/**
 * Something that goes wrong between BSG and its caller.
 *
 * - `delay`: the answer comes late, by `delayMs`.
 * - `429`: too many requests; come back after `retryAfter` seconds.
 * - `500`: BSG fails.
 * - `html`: a proxy in between answers 502 with a page.
 * - `cut`: the connection breaks within the body.
 */
export const Fault = z.strictObject({
  kind: z.enum(['delay', '429', '500', 'html', 'cut']),
  delayMs: z.int().min(0).max(600_000).default(3_000),
  retryAfter: z.int().min(0).max(86_400).default(60),
});
export type Fault = z.infer<typeof Fault>;

/** What the sandbox would have answered. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const PAGE = '<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>';

/** Writes an answer as BSG does: JSON, labelled `text/json`. */
export function writeAnswer(response: ServerResponse, { status, body }: Answer): void {
  const json = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'text/json; charset=utf-8', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}

/** Writes the fault in place of the answer; a delayed answer is the true one. Rejects when `signal` cuts a delay short. */
export async function writeFault(
  response: ServerResponse,
  fault: Fault,
  answer: Answer,
  signal: AbortSignal,
): Promise<void> {
  switch (fault.kind) {
    case 'delay':
      await wait(fault.delayMs, undefined, { signal });
      return writeAnswer(response, answer);
    case '429':
      response.setHeader('retry-after', String(fault.retryAfter));
      return writeAnswer(response, { status: 429, body: { message: 'Too Many Requests' } });
    case '500':
      return writeAnswer(response, { status: 500, body: { message: 'Internal Server Error' } });
    case 'html':
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end(PAGE);
      return;
    case 'cut':
      response.writeHead(200, { 'content-type': 'text/json', 'content-length': 400 });
      response.write('{"error":0,"errorDescription":"No err', () => response.destroy());
  }
}
