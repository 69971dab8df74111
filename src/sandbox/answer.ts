/** HTTP responses of the sandbox. */
import type { ServerResponse } from 'node:http';

/** One HTTP response of the sandbox. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Written as JSON. */
  readonly body: unknown;
}

/** An answer with HTTP 200, which says nothing of success: most of BSG's errors come with it. */
export function answerOk(body: unknown): Answer {
  return { status: 200, body };
}

/** Writes an answer as BSG does: JSON, labelled `text/json`. */
export function writeAnswer(response: ServerResponse, { status, body }: Answer): void {
  const json = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'text/json; charset=utf-8', 'content-length': Buffer.byteLength(json) });
  response.end(json);
}
