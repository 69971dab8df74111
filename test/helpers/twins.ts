/** Two apps on one BSG, of which one has a fast path, so that a test can compare what they send. */
import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect } from 'vitest';
import { startApp, type TestApp } from './app.ts';
import { listen } from './http.ts';
import { TOKENS } from './secrets.ts';

/** A request, as it goes over the wire. */
export interface RawRequest {
  readonly method?: string;
  /** @default '/graphql' */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A response, as it came over the wire. */
export interface RawResponse {
  readonly status: number | undefined;
  /** In the order in which they came, without the date and the id of the request. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The apps, each on real HTTP. */
export interface Twins {
  /** Answers in front of Yoga where it can. */
  readonly fast: TestApp;
  /** Sends every request to Yoga. */
  readonly plain: TestApp;
  /** Sends a request to each, and returns the response if they are the same. Throws where they differ. */
  send(request: RawRequest): Promise<RawResponse>;
  /** How many requests got a stored response. */
  storedHits(): Promise<number>;
  /** How many requests found their query prepared. */
  preparedHits(): Promise<number>;
}

/** Starts both on the BSG at `baseUrl`, for as long as the test lives. */
export async function startTwins(baseUrl: string, environment: Readonly<Record<string, string>> = {}): Promise<Twins> {
  const fast = startApp(baseUrl, environment);
  const plain = startApp(baseUrl, environment, { hasFastPath: false });
  const addresses = [await listen(fast.listener), await listen(plain.listener)] as const;
  return {
    fast,
    plain,
    async send(given) {
      // One after the other, so that both fetch the same from BSG.
      const response = await exchange(addresses[0], given);
      expect(response).toEqual(await exchange(addresses[1], given));
      return response;
    },
    storedHits: () => hitsOf(fast),
    preparedHits: () => hitsOf(fast, 'prepared_query'),
  };
}

/** How many requests got a stored response from an app, or found their query prepared. */
export async function hitsOf(
  app: TestApp,
  cache: 'response_cache' | 'prepared_query' = 'response_cache',
): Promise<number> {
  const hits = new RegExp(`^bsg_graphql_${cache}_lookups_total\\{outcome="hit"\\} (\\d+)$`, 'm');
  return Number(hits.exec(await metricsOf(app))?.[1] ?? 0);
}

/** Expects that both apps have logged and counted the same for so many requests, but for ids and times. */
export async function expectSameRecords({ fast, plain }: Twins, requests: number): Promise<void> {
  for (const app of [fast, plain]) await expect.poll(() => app.requestLines()).toHaveLength(requests);
  expect(linesOf(fast)).toEqual(linesOf(plain));
  expect(await countsOf(fast)).toEqual(await countsOf(plain));
}

function linesOf(app: TestApp) {
  return app.requestLines().map((line) => ({ ...line, requestId: '', durationMs: 0, time: 0 }));
}

/** The samples of metrics that requests and reads leave, without their durations. */
export async function countsOf(app: TestApp): Promise<readonly string[]> {
  const isCount = (line: string) => /^bsg_graphql_(request_duration_seconds_count|status_reads)/.test(line);
  return (await metricsOf(app)).split('\n').filter(isCount).toSorted();
}

async function metricsOf(app: TestApp): Promise<string> {
  const headers = { authorization: `Bearer ${TOKENS.plain}` };
  return (await app.fetch('/metrics', { headers })).text();
}

const NOT_COMPARED = new Set(['date', 'x-request-id']);

/** Sends a request exactly as given. */
export async function exchange(
  address: string,
  { path = '/graphql', body, ...options }: RawRequest,
): Promise<RawResponse> {
  const call = request(`${address}${path}`, { ...options, agent });
  const { statusCode, rawHeaders, bytes } = await new Promise<{
    statusCode: number | undefined;
    rawHeaders: string[];
    bytes: Buffer;
  }>((resolve, reject) => {
    call.once('error', reject).once('response', (response) => {
      const { statusCode, rawHeaders } = response;
      buffer(response).then((bytes) => resolve({ statusCode, rawHeaders, bytes }), reject);
    });
    call.end(body);
  });
  const headers: [string, string][] = [];
  for (let i = 0; i < rawHeaders.length; i += 2)
    headers.push([`${rawHeaders[i]}`.toLowerCase(), `${rawHeaders[i + 1]}`]);
  const compared = headers.filter(([name]) => !NOT_COMPARED.has(name));
  return { status: statusCode, headers: compared, body: bytes.toString('latin1') };
}

const agent = new Agent({ keepAlive: true });
