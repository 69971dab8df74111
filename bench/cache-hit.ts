/**
 * The cost of a cache hit in memory, in microseconds and bytes. A bare Map is the baseline of the ratio.
 *
 * @example npm run bench cache-hit
 */
import type { BsgClient } from '../src/bsg/client.ts';
import { decodeResponse } from '../src/bsg/decode.ts';
import { keyOf } from '../src/bsg/resource.ts';
import { smsById } from '../src/bsg/resources/sms.ts';
import { decodeSms, type Sms } from '../src/bsg/sms.ts';
import { createTimesReader } from '../src/bsg/time.ts';
import { monotonicNow } from '../src/monotonic-clock.ts';
import { createCircuitBreaker } from '../src/statuses/circuit-breaker.ts';
import { noSharedCache } from '../src/statuses/shared-cache.ts';
import { createStatuses } from '../src/statuses/statuses.ts';

const KEYS = 50_000;
const ROUNDS = 5;
const READS_PER_ROUND = 1_000_000;

const readTimes = createTimesReader('UTC');
const policy = { finalTtlMs: 86_400_000, pendingTtlMs: 2_000, staleIfErrorMs: 600_000 };
const circuitBreaker = createCircuitBreaker({ failuresInARow: 10, probeAfterMs: 5_000 });
const client: Pick<BsgClient, 'fetch'> = {
  async fetch(fetches, _, onResult) {
    for (const [i, { key }] of fetches.entries()) {
      const value = key.resource.schema.safeParse(smsOf(key.id)).data;
      if (value === undefined) throw new Error('Only messages are read here.');
      onResult(value, i);
    }
  },
};
const statuses = createStatuses({
  client,
  policy,
  maxEntries: 2 * KEYS,
  circuitBreaker,
  shared: noSharedCache,
  timeoutMs: 10_000,
  now: monotonicNow,
});
const map = new Map<string, Sms>();
const ids = Array.from({ length: KEYS }, (_, i) => String(3_266_500_000 + i));

const before = heapBytes();
for (const id of ids) await statuses.get(keyOf(smsById, id));
const bytesPerMessage = (heapBytes() - before) / KEYS;
for (const id of ids) map.set(id, smsOf(id));

const hitMicros: number[] = [];
const mapMicros: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  hitMicros.push(await microsPerRead((id) => statuses.get(keyOf(smsById, id))));
  mapMicros.push(await microsPerRead(async (id) => map.get(id)));
}
print(
  `a cache hit              ${median(hitMicros).toFixed(2)} µs (median of ${ROUNDS} rounds of ${READS_PER_ROUND} reads)`,
);
print(
  `a read of a Map          ${median(mapMicros).toFixed(2)} µs, ratio ${(median(hitMicros) / median(mapMicros)).toFixed(1)}`,
);
print(`a message with its two entries takes ${Math.round(bytesPerMessage)} bytes of heap`);

async function microsPerRead(read: (id: string) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  for (let i = 0; i < READS_PER_ROUND; i++) await read(ids[i % KEYS] ?? '');
  return ((performance.now() - startedAt) * 1_000) / READS_PER_ROUND;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** A decoded message: a cached one keeps the strings that the decoder made, which weigh more than literals. */
function smsOf(id: string): Sms {
  const time = new Date(Number(id) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const wire = {
    error: 0,
    errorDescription: 'No errors',
    id,
    msisdn: `38097${id.slice(-7)}`,
    reference: `ref_${id}`,
    time_in: time,
    time_sent: time,
    time_dr: time,
    status: 'delivered',
    price: 0.23,
    currency: 'EUR',
  };
  const answer = { status: 200, retryAfterSeconds: null, json: wire };
  const sms = decodeResponse(answer, decodeSms, {
    notFoundCode: 'SMS_NOT_FOUND',
    subject: id,
    fetchedAt: new Date().toISOString(),
    readTimes,
  });
  if (sms.kind !== 'sms') throw new Error('The decoder refused the example.');
  return sms;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
