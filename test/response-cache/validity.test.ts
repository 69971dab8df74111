import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { noObserver } from '../../src/bsg/observer.ts';
import { keyOf, type StatusKey } from '../../src/bsg/resource.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { statusOf } from '../../src/bsg/sms.ts';
import { monotonicNow } from '../../src/monotonic-clock.ts';
import { isStorable, isValid } from '../../src/response-cache/validity.ts';
import { createCircuitBreaker } from '../../src/statuses/circuit-breaker.ts';
import type { StatusRead } from '../../src/statuses/read-observer.ts';
import { createSharedCache } from '../../src/statuses/shared-cache.ts';
import { createStatuses } from '../../src/statuses/statuses.ts';
import { clientOf } from '../helpers/client.ts';
import { fakeClock } from '../helpers/clock.ts';
import { createMemoryBackend } from '../helpers/memory-backend.ts';
import { smsWith } from '../helpers/sms.ts';

const keys = ['1', '2'].flatMap((id) => [keyOf(smsById, id), keyOf(smsByReference, `ref_${id}`)]);

/** Two instances that share a cache, and a BSG whose answers the test sets. */
function startTwo(maxEntries: number) {
  const bsg = { words: new Map<string, string>(), isDown: false };
  const backend = createMemoryBackend();
  const create = () =>
    createStatuses({
      client: clientOf(async ({ resource, id }) => {
        const ownId = id.replace('ref_', '');
        const word = bsg.words.get(ownId) ?? 'sent';
        const times = { fetchedAt: new Date().toISOString() };
        const sms = { ...smsWith(word), ...times, id: ownId, reference: `ref_${ownId}`, status: statusOf(word) };
        if (bsg.isDown) return failure('NETWORK', id);
        return resource.schema.safeParse(sms).data ?? failure('BAD_RESPONSE', id);
      }),
      policy: { finalTtlMs: 60_000, pendingTtlMs: 2_000, staleIfErrorMs: 10_000 },
      maxEntries,
      circuitBreaker: createCircuitBreaker({ failuresInARow: 100, probeAfterMs: 1_000 }),
      shared: createSharedCache({ backend: backend.connect(), checksMatch: true, now: monotonicNow }),
      timeoutMs: 10_000,
      now: monotonicNow,
    });
  return { bsg, instances: [create(), create()] as const };
}

type World = ReturnType<typeof startTwo>;
type Step = (world: World) => unknown;

const instance = fc.constantFrom(0 as const, 1 as const);
const key = fc.constantFrom(...keys);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(instance, key).map(
    ([which, key]): Step =>
      ({ instances }) =>
        instances[which].get(key),
  ),
  fc.tuple(instance, key).map(
    ([which, key]): Step =>
      ({ instances }) =>
        instances[which].poll(key),
  ),
  fc.tuple(instance, key).map(
    ([which, key]): Step =>
      ({ instances }) =>
        instances[which].invalidate([key]),
  ),
  fc.tuple(fc.constantFrom('1', '2'), fc.constantFrom('sent', 'delivered', 'expired')).map(
    ([id, word]): Step =>
      ({ bsg }) =>
        bsg.words.set(id, word),
  ),
  fc.constantFrom(500, 1_999, 2_000, 61_000).map(
    (ms): Step =>
      () =>
        vi.advanceTimersByTime(ms),
  ),
  fc.boolean().map(
    (isDown): Step =>
      ({ bsg }) =>
        Object.assign(bsg, { isDown }),
  ),
);

it('a response is valid only while each of its reads would get the same entry from memory', async () => {
  fakeClock();
  let valid = 0;
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.constantFrom(3, 100), async (steps, most) => {
    const world = startTwo(most);
    const [statuses] = world.instances;
    const read = async (key: StatusKey) => {
      const reads: StatusRead[] = [];
      const result = await statuses.get(key, { ...noObserver, onRead: (each) => void reads.push(each) });
      return { result, reads };
    };
    for (const take of steps) {
      const responses = await Promise.all(keys.map(read));
      await take(world);
      await nextTurn();
      for (const { result, reads } of responses) {
        if (!isValid(reads, statuses.freshEntry)) continue;
        valid++;
        const [{ key } = { key: keys[0] as StatusKey }] = reads;
        expect(await read(key)).toMatchObject({ result, reads: [{ tier: 'memory', entry: reads[0]?.entry }] });
      }
    }
  });
  await fc.assert(property, { numRuns: 200 });
  expect(valid).toBeGreaterThan(1_000);
});

it('only queries without errors are stored, of which every read was answered from memory', () => {
  const operation = { type: 'query', name: null, selectsPersonal: false } as never;
  const fromMemory = { tier: 'memory', entry: {} } as never;
  const served = { operation, errorCode: null, reads: [fromMemory] };
  expect(isStorable(served)).toBe(true);
  expect(isStorable({ ...served, reads: [] })).toBe(true);
  expect(isStorable({ ...served, errorCode: 'FORBIDDEN' })).toBe(false);
  expect(isStorable({ ...served, operation: null })).toBe(false);
  expect(isStorable({ ...served, operation: { type: 'subscription' } as never })).toBe(false);
  for (const tier of ['redis', 'bsg', 'coalesced', 'stale', 'circuit_open'])
    expect(isStorable({ ...served, reads: [fromMemory, { tier, entry: {} } as never] }), tier).toBe(false);
});
