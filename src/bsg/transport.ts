import type { Agent } from 'node:http';
import fetch, { AbortError, FetchError, type Response } from 'node-fetch';
import type { AttemptSignal } from './attempt-signal.ts';
import { bodyBytes } from './body-bytes.ts';
import { bodyText } from './body-text.ts';
import type { BsgErrorCode } from './codes.ts';
import { type ConnectionsOptions, createConnections } from './connections.ts';
import { observeRequest } from './observe-request.ts';
import type { RequestObserver } from './observer.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { Turns } from './turns.ts';

/** Options of {@link createTransport}. */
export interface TransportOptions extends ConnectionsOptions {
  /** Sent as `X-API-KEY` and nowhere else. */
  readonly apiKey: string;
  /** For a `Retry-After` that is a date; milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

/** One request to BSG: a GET, or a POST where there is a body. */
export interface HttpRequest {
  /** Below the base URL, such as `/sms/211`. */
  readonly path: string;
  /** JSON; null for a GET. */
  readonly body: string | null;
  /** Values requested. */
  readonly size: number;
}

/** One HTTP response, read to its end, of whatever status. */
export interface HttpResponse {
  readonly status: number;
  /** From `Retry-After`; null where the response has none. */
  readonly retryAfterSeconds: number | null;
  /** Empty where its bytes are no text, see {@link bodyText}. */
  readonly body: string;
}

/** Why there is no response. */
export interface TransportError {
  readonly code: Extract<BsgErrorCode, 'TIMEOUT' | 'NETWORK' | 'BAD_RESPONSE'>;
  /** @default the meaning of the code */
  readonly message?: string;
  /** @default as in `failure` */
  readonly isOutage?: boolean;
  /** The system's name for it, such as `ECONNREFUSED`, or `PROXY_407`. For operators; callers never see it. */
  readonly cause?: string;
}

/** Sends single requests to BSG. */
export interface Transport {
  /** Resolves to an error where there is no response, `TIMEOUT` when aborted; rejects only on a bug. */
  send(request: HttpRequest, signal: AttemptSignal, observer: RequestObserver): Promise<HttpResponse | TransportError>;
  /** Closes all connections. */
  dispose(): void;
}

/** A response of BSG has a few hundred bytes; anything above 1 MiB is something else. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Sends single requests by node-fetch. The key never follows a redirect: a redirect is an error. */
export function createTransport({ apiKey, timeOfDay, ...upstream }: TransportOptions): Transport {
  const { baseUrl } = upstream;
  const connections = createConnections(upstream);
  const { host } = new URL(baseUrl);
  const turns = new Turns();
  const headersOfGet = { 'x-api-key': apiKey, accept: 'application/json', 'accept-encoding': 'identity' };
  const headersOfPost = { ...headersOfGet, 'content-type': 'application/json' };

  async function responseTo(
    { path, body }: HttpRequest,
    signal: AttemptSignal,
    agent: Agent,
    tracingHeaders: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    const response = await fetch(baseUrl + path, {
      method: body === null ? 'GET' : 'POST',
      headers: { ...tracingHeaders, ...(body === null ? headersOfGet : headersOfPost) },
      body,
      agent,
      signal: signal.asAbortSignal,
      redirect: 'error',
    });
    return readResponse(response, timeOfDay());
  }

  return {
    send: (request, signal, observer) =>
      observeRequest({ host, request, observer }, async (tracingHeaders) => {
        const turn = turns.take();
        if (turn !== null) await turn;
        const { agent } = connections;
        try {
          return await responseTo(request, signal, agent, tracingHeaders);
        } catch (error) {
          const transportError = toTransportError(error);
          if (transportError.code !== 'BAD_RESPONSE') connections.renew(agent);
          return transportError;
        }
      }),
    dispose: connections.dispose,
  };
}

async function readResponse(response: Response, nowMs: number): Promise<HttpResponse> {
  return {
    status: response.status,
    retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after'), nowMs),
    body: bodyText(await bodyBytes(response, MAX_BODY_BYTES), response.headers.get('content-type')) ?? '',
  };
}

function toTransportError(error: unknown): TransportError {
  if (error instanceof AbortError) return { code: 'TIMEOUT' };
  if (!(error instanceof FetchError)) return toStreamError(error);
  switch (error.type) {
    case 'max-size':
      return { code: 'BAD_RESPONSE', message: "BSG's response is larger than 1 MiB." };
    case 'no-redirect':
    case 'invalid-redirect':
      return { code: 'BAD_RESPONSE', message: 'BSG responded with a redirect, which is never followed.' };
    default:
      return { code: 'NETWORK', cause: String(error.code ?? refusalOfProxy(error) ?? error.type) };
  }
}

/** Such as `PROXY_407`, where the proxy opened no tunnel; hpagent has it in its message alone. */
function refusalOfProxy({ message }: FetchError): string | null {
  const [, status] = /Bad response: (\d{3})$/.exec(message) ?? [];
  return status === undefined ? null : `PROXY_${status}`;
}

/** A `deflate` body that is cut before its first byte: node-fetch rejects with node's own error. Rethrows anything else: a bug. */
function toStreamError(error: unknown): TransportError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ECONNRESET$|ERR_STREAM)/.test(code)) return { code: 'NETWORK', cause: code };
  throw error;
}
