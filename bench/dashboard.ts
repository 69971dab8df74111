/**
 * The requests to BSG that a dashboard costs, with and without the layer. 50 browsers poll 100 messages every second for a
 * minute, of which 90 become final in the first 10 seconds. An HTTP server counts the requests; the minute is simulated.
 *
 * @example npm run bench dashboard
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBsgClient } from '../src/bsg/client.ts';
import { smsById } from '../src/bsg/resources/sms.ts';
import { createLoaders, type Loaders } from '../src/loaders/loaders.ts';
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
const now = () => second * 1_000;
const ids = Array.from({ length: MESSAGES }, (_, i) => String(1_000 + i));

const upstream = createServer((request, response) => {
  requests++;
  const id = request.url?.split('/').at(-1) ?? '';
  const status = isFinal(Number(id) - 1_000) ? 'delivered' : 'sent';
  response.end(JSON.stringify({ error: 0, id, status, reference: null }));
});
await new Promise<void>((resolve) => {
  upstream.listen(0, '127.0.0.1', resolve);
});
const client = createBsgClient({
  baseUrl: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  apiKey: 'live_bench',
  timezone: 'UTC',
  campaignPath: null,
  timeoutMs: 30_000,
  retries: 0,
  maxConcurrency: 50,
});
const policy = { finalTtlMs: 86_400_000, pendingTtlMs: 2_000, staleIfErrorMs: 600_000 };
const circuitBreaker = createCircuitBreaker({ failuresInARow: 10, probeAfterMs: 5_000 });
const statuses = createStatuses({
  client,
  policy,
  maxEntries: 1_000,
  circuitBreaker,
  shared: noSharedCache,
  lockWaitMs: 0,
  now,
});

const withLayer = await requestsPerMinute(statuses);
const withoutLayer = await requestsPerMinute({ get: client.fetch });
process.stdout.write(`| | requests to BSG per minute |
| --- | --- |
| without the layer | ${withoutLayer.toLocaleString('en')} |
| with the layer | ${withLayer.toLocaleString('en')} |
`);
client.dispose();
upstream.close();

async function requestsPerMinute(source: Pick<Statuses, 'get'>): Promise<number> {
  requests = 0;
  for (second = 0; second < SECONDS; second++) {
    await Promise.all(Array.from({ length: BROWSERS }, () => loadAll(createLoaders(source))));
  }
  return requests;
}

function loadAll(loaders: Loaders) {
  return Promise.all(ids.map((id) => loaders.load(smsById, id)));
}

/** The first messages become final evenly over the first seconds, the last ones never. */
function isFinal(message: number): boolean {
  return message < BECOME_FINAL && second >= ((message + 1) * FINAL_WITHIN_SECONDS) / BECOME_FINAL;
}
