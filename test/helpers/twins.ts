/** Two apps on one BSG, of which one has a response cache, so that a test can compare what they send. */
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
  /** With a response cache. */
  readonly cached: TestApp;
  /** The same without. */
  readonly plain: TestApp;
  /** Sends a request to each, and returns the response if they are the same. Throws where they differ. */
  send(request: RawRequest): Promise<RawResponse>;
  /** How many requests were served from the response cache. */
  hits(): Promise<number>;
}

/** Starts both on the BSG at `baseUrl`, for as long as the test lives. */
export async function startTwins(baseUrl: string, environment: Readonly<Record<string, string>> = {}): Promise<Twins> {
  const cached = startApp(baseUrl, environment);
  const plain = startApp(baseUrl, { ...environment, RESPONSE_CACHE_BYTES: '0' });
  const addresses = [await listen(cached.listener), await listen(plain.listener)] as const;
  return {
    cached,
    plain,
    async send(given) {
      // One after the other, so that both fetch the same from BSG.
      const response = await exchange(addresses[0], given);
      expect(response).toEqual(await exchange(addresses[1], given));
      return response;
    },
    hits: () => hitsOf(cached),
  };
}

/** How many requests an app served from its response cache. */
export async function hitsOf(app: TestApp): Promise<number> {
  const headers = { authorization: `Bearer ${TOKENS.plain}` };
  const metrics = await (await app.fetch('/metrics', { headers })).text();
  return Number(/^bsg_graphql_response_cache_lookups_total\{outcome="hit"\} (\d+)$/m.exec(metrics)?.[1]);
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
