import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch, { AbortError, FetchError, type Response } from 'node-fetch';
import { type HttpAnswer, observeCall, type TransportFault } from './call.ts';
import type { RequestObserver } from './observer.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** Where BSG is, and how to speak to it. */
export interface TransportOptions {
  /** Such as `https://api.bsg.world/rest`, without a slash at the end. */
  readonly baseUrl: string;
  /** Sent as `X-API-KEY` and nowhere else. */
  readonly apiKey: string;
  /** Sockets kept open for the next call, at the most. */
  readonly maxConcurrency: number;
  /** The clock, for a `Retry-After` that is a date; milliseconds since 1970. */
  readonly now: () => number;
}

/** One attempt to GET a path of BSG. */
export interface Transport {
  /** Resolves to a fault where there is no answer; rejects only on a bug. Gives up with `TIMEOUT` when aborted. */
  get(path: string, signal: AbortSignal, observer: RequestObserver): Promise<HttpAnswer | TransportFault>;
  /** Closes the sockets that are kept open. */
  dispose(): void;
}

/** An answer of BSG has a few hundred bytes; what is larger than 1 MiB is something else. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Carries single GETs over node-fetch. The key never follows a redirect: a redirect is a fault. */
export function createTransport({ baseUrl, apiKey, maxConcurrency, now }: TransportOptions): Transport {
  const Agent = baseUrl.startsWith('https:') ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true, maxFreeSockets: maxConcurrency });
  const { host } = new URL(baseUrl);
  const headers = { 'x-api-key': apiKey, accept: 'application/json', 'accept-encoding': 'identity' };
  return {
    get: (path, signal, observer) =>
      observeCall({ host, path, observer }, async (headersOfCall) => {
        try {
          const options = { agent, signal, redirect: 'error', size: MAX_BODY_BYTES } as const;
          const response = await fetch(baseUrl + path, { ...options, headers: { ...headersOfCall, ...headers } });
          return await readAnswer(response, now());
        } catch (error) {
          return faultOf(error);
        }
      }),
    dispose: () => agent.destroy(),
  };
}

async function readAnswer(response: Response, nowMs: number): Promise<HttpAnswer> {
  return {
    status: response.status,
    retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after'), nowMs),
    body: await response.text(),
  };
}

function faultOf(error: unknown): TransportFault {
  if (error instanceof AbortError) return { code: 'TIMEOUT' };
  if (!(error instanceof FetchError)) return faultOfStream(error);
  switch (error.type) {
    case 'max-size':
      return { code: 'BAD_RESPONSE', message: "BSG's answer is larger than 1 MiB." };
    case 'no-redirect':
    case 'invalid-redirect':
      return { code: 'BAD_RESPONSE', message: 'BSG answered with a redirect, which is never followed.' };
    default:
      return { code: 'NETWORK', cause: String(error.code ?? error.type) };
  }
}

/** A body that says it is compressed, and is not or is cut. Throws what is none of that: a bug. */
function faultOfStream(error: unknown): TransportFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(Z_|ECONNRESET$|ERR_STREAM)/.test(code)) return { code: 'NETWORK', cause: code };
  throw error;
}
