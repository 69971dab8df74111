/**
 * The requests to BSG that a dashboard costs: without the layer, with it, and with it where BSG offers no mass status requests. 50
 * browsers poll 100 messages every second for a minute, by id or by reference, of which 90 become final in the first 10
 * seconds. An HTTP server counts the requests; the minute is simulated.
 *
 * @example npm run bench dashboard
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { type BsgClient, createBsgClient } from '../src/bsg/client.ts';
import { smsById, smsByReference } from '../src/bsg/resources/sms.ts';
import { createLoaders, type Loaders } from '../src/loaders/loaders.ts';
import type { MonotonicMs } from '../src/monotonic-clock.ts';
import { createCircuitBreaker } from '../src/statuses/circuit-breaker.ts';
import { noSharedCache } from '../src/statuses/shared-cache.ts';
import { createStatuses, type Statuses } from '../src/statuses/statuses.ts';

const BROWSERS = 50;
const MESSAGES = 100;
const SECONDS = 60;
const BECOME_FINAL = 90;
const FINAL_WITHIN_SECONDS = 10;

let second = 0;
let requests = 0;
const now = () => (second * 1_000) as MonotonicMs;
const ids = Array.from({ length: MESSAGES }, (_, i) => String(1_000 + i));

const upstream = createServer(async (request, response) => {
  requests++;
  const { url = '' } = request;
  if (url === '/sms/getStatus') {
    const { ids: requested } = (await json(request)) as { readonly ids: readonly number[] };
    response.end(JSON.stringify({ result: requested.map((id) => ({ ...smsOf(id), external_id: `ref_${id}` })) }));
  } else {
    const id = Number(url.split('/').at(-1)?.replace('ref_', ''));
    response.end(JSON.stringify({ error: 0, ...smsOf(id), reference: `ref_${id}` }));
  }
});
await new Promise<void>((resolve) => {
  upstream.listen(0, '127.0.0.1', resolve);
});

function startClient(massStatus: 'auto' | 'off'): BsgClient {
  return createBsgClient({
    baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    apiKey: 'live_bench',
    timezone: 'UTC',
    campaignPath: null,
    massStatus,
    timeoutMs: 30_000,
    retries: 0,
    maxConcurrency: 50,
  });
}

function startLayer(client: BsgClient): Statuses {
  return createStatuses({
    client,
    policy: { finalTtlMs: 86_400_000, pendingTtlMs: 2_000, staleIfErrorMs: 600_000 },
    maxEntries: 1_000,
    circuitBreaker: createCircuitBreaker({ failuresInARow: 10, probeAfterMs: 5_000 }),
    shared: noSharedCache,
    timeoutMs: 10_000,
    now,
  });
}

const [client, single] = [startClient('auto'), startClient('off')];
const byId = (loaders: Loaders) => Promise.all(ids.map((id) => loaders.load(smsById, id)));
const byReference = (loaders: Loaders) => Promise.all(ids.map((id) => loaders.load(smsByReference, `ref_${id}`)));
const rows: readonly (readonly [string, number, number])[] = [
  // Each browser requests each message each second.
  ['without the layer', BROWSERS * MESSAGES * SECONDS, BROWSERS * MESSAGES * SECONDS],
  ['with the layer, one status per request', ...(await requestsPerMinute(() => startLayer(single)))],
  ['with the layer', ...(await requestsPerMinute(() => startLayer(client)))],
];
process.stdout.write('| requests to BSG in a minute | by id | by reference |\n| --- | --- | --- |\n');
for (const [name, ...counts] of rows)
  process.stdout.write(`| ${name} | ${counts.map((count) => count.toLocaleString('en')).join(' | ')} |\n`);
client.dispose();
single.dispose();
upstream.close();

/** By id and by reference, each with an empty cache. */
async function requestsPerMinute(start: () => Pick<Statuses, 'getAll'>): Promise<[number, number]> {
  return [await requestsOf(start(), byId), await requestsOf(start(), byReference)];
}

async function requestsOf(
  source: Pick<Statuses, 'getAll'>,
  load: (loaders: Loaders) => Promise<unknown>,
): Promise<number> {
  requests = 0;
  for (second = 0; second < SECONDS; second++) {
    await Promise.all(Array.from({ length: BROWSERS }, () => load(createLoaders(source))));
  }
  return requests;
}

function smsOf(id: number) {
  return { id, status: isFinal(id - 1_000) ? 'delivered' : 'sent' };
}

/** The first messages become final evenly over the first seconds, the last ones never. */
function isFinal(message: number): boolean {
  return message < BECOME_FINAL && second >= ((message + 1) * FINAL_WITHIN_SECONDS) / BECOME_FINAL;
}
