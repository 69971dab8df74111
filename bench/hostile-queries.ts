/**
 * The time to refuse each hostile query, in milliseconds and as a ratio to answering `{ __typename }`. The limits are there to
 * keep the ratios small; the app runs in this process, without a socket.
 *
 * @example npm run bench hostile-queries
 */
import { createApp } from '../src/app.ts';
import { readConfig } from '../src/config/config.ts';
import { HOSTILE_QUERIES } from '../test/fixtures/hostile-queries.ts';

const ROUNDS = 25;
const WARM_UP_ROUNDS = 5;

const app = createApp(
  // No query gets as far as BSG.
  readConfig({ BSG_API_KEY: 'live_bench', BSG_BASE_URL: 'http://127.0.0.1:1', LOG_LEVEL: 'fatal', RATE_LIMIT: '0' }),
);
const plainMs = await medianMs('{ __typename }');
process.stdout.write(`| median of ${ROUNDS} | ms | ratio |\n| --- | --- | --- |\n`);
for (const [name, query] of [['{ __typename }', '{ __typename }'] as const, ...HOSTILE_QUERIES]) {
  const ms = await medianMs(query);
  process.stdout.write(`| ${name} | ${ms.toFixed(2)} | ${(ms / plainMs).toFixed(1)} |\n`);
}
await app.dispose();

/** Each text is new to the server, so that no cache answers. */
async function medianMs(query: string): Promise<number> {
  const ms: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const body = JSON.stringify({ query: `#${performance.now()}\n${query}` });
    const startedAtMs = performance.now();
    const response = await app.fetch('http://bench/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.text();
    if (round >= 0) ms.push(performance.now() - startedAtMs);
  }
  return ms.toSorted((a, b) => a - b)[Math.floor(ms.length / 2)] ?? Number.NaN;
}
