import { describe, expect, it, onTestFinished } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { campaign } from '../../src/bsg/resources/campaign.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { addMs, monotonicNow } from '../../src/monotonic-clock.ts';
import { createRedisBackend } from '../../src/redis/backend.ts';
import { connectToRedis } from '../../src/redis/connection.ts';
import type { Entry } from '../../src/statuses/entry.ts';
import type { SharedBackend } from '../../src/statuses/shared-backend.ts';
import { createSharedCache, type SharedCache } from '../../src/statuses/shared-cache.ts';
import { createMemoryBackend } from '../helpers/memory-backend.ts';
import { hasRedis, startRedis } from '../helpers/redis.ts';
import { smsWith } from '../helpers/sms.ts';

const [one, ref] = [keyOf(smsById, '1'), keyOf(smsByReference, 'ref_1')];
const sms = { ...smsWith('sent'), reference: 'ref_1', fetchedAt: '2026-01-01T00:00:00.000Z' };
const down = failure('INVALID_API_KEY', '1');

function entryOf(result: Entry['result'] | object): Entry {
  const nowMs = monotonicNow();
  return {
    result,
    requestedAtMs: nowMs,
    freshUntilMs: addMs(nowMs, 60_000),
    staleUntilMs: addMs(nowMs, 60_000),
  } as Entry;
}

/** The same entry, read by a clock that was set by Redis. */
function sameEntry({ result, requestedAtMs, freshUntilMs, staleUntilMs }: Entry) {
  const near = (ms: number) => expect.closeTo(ms, -3);
  return {
    result,
    requestedAtMs: near(requestedAtMs),
    freshUntilMs: near(freshUntilMs),
    staleUntilMs: near(staleUntilMs),
  };
}

/** Two instances on one backend, and a way to put raw text into it. */
interface Shared {
  readonly a: SharedCache;
  readonly b: SharedCache;
  write(key: string, value: string): Promise<unknown>;
  publish(message: string): Promise<unknown>;
}

const cacheOn = (backend: SharedBackend) => {
  const cache = createSharedCache({ backend, checksMatch: true, now: monotonicNow });
  onTestFinished(cache.dispose);
  return cache;
};

async function inMemory(): Promise<Shared> {
  const backend = createMemoryBackend();
  return {
    a: cacheOn(backend.connect()),
    b: cacheOn(backend.connect()),
    write: async (key, value) => backend.values.set(key, value),
    publish: async (message) => backend.publish(message),
  };
}

async function onRedis(): Promise<Shared> {
  const redis = await startRedis();
  const connect = () =>
    new Promise<SharedCache>((resolve) => {
      const connection = connectToRedis({ url: redis.url, now: monotonicNow, onChange: () => resolve(cache) });
      const cache = cacheOn(createRedisBackend({ connection, prefix: 'test:', maxHoldMs: 60_000, now: monotonicNow }));
      // The bus subscribes when the connection is ready, so the channel has to be known by then.
      cache.onChange(() => {});
      onTestFinished(connection.dispose);
    });
  const [a, b] = await Promise.all([connect(), connect()]);
  return {
    a,
    b,
    write: (key, value) => redis.client.set(`test:${key.replace(/[^:]+:[^:]+$/, '{$&}')}`, value),
    publish: (message) => redis.client.publish('test:changes', message),
  };
}

/** The next change that a cache receives. */
function nextChange(cache: SharedCache): Promise<readonly [readonly string[], Entry | null]> {
  return new Promise((resolve) => cache.onChange((keys, entry) => resolve([keys.map(({ text }) => text), entry])));
}

const BACKENDS: readonly (readonly [string, boolean, () => Promise<Shared>])[] = [
  ['in memory', true, inMemory],
  ['on Redis (needs Redis)', hasRedis, onRedis],
];

for (const [name, isThere, start] of BACKENDS) {
  describe.skipIf(!isThere)(`the shared cache ${name}`, () => {
    it('returns an entry under each of its keys on every instance', async () => {
      const { a, b } = await start();
      const entry = entryOf(sms);
      const change = nextChange(b);

      a.set([one, ref], entry);

      expect(await change).toEqual([['sms:1', 'ref:ref_1'], sameEntry(entry)]);
      expect([await a.get(one), await b.get(one), await b.get(ref)]).toEqual([1, 2, 3].map(() => sameEntry(entry)));
      expect(await b.get(keyOf(smsById, '2'))).toBeNull();
    });

    it('publishes an invalidation, and has the entry as expired', async () => {
      const { a, b } = await start();
      const entry = entryOf(sms);
      a.set([one], entry);
      await nextChange(b);

      const expired = { ...entry, freshUntilMs: monotonicNow() };
      const invalidation = nextChange(a);
      b.invalidate([
        { key: one, entry: expired },
        { key: ref, entry: null },
      ]);

      expect(await invalidation).toEqual([['sms:1', 'ref:ref_1'], null]);
      expect(await a.get(one)).toEqual(sameEntry(expired));
      expect(await a.get(ref)).toBeNull();
    });

    it('gives the lock of a key to one instance at a time, and its failure to those that wait', async () => {
      const { a, b } = await start();

      expect(await a.acquire([one])).toEqual([{ isOwner: true, entry: null, failure: null }]);
      expect(await b.acquire([one])).toEqual([{ isOwner: false, entry: null, failure: null }]);
      b.release(one, null);
      expect(await b.acquire([one])).toMatchObject([{ isOwner: false }]);
      expect(await b.acquire([ref])).toMatchObject([{ isOwner: true }]);

      a.release(one, down);
      await expect.poll(() => b.acquire([one])).toEqual([{ isOwner: true, entry: null, failure: down }]);
    });

    it('releases the locks of an instance that ends', async () => {
      const { a, b } = await start();
      await a.acquire([one]);

      await a.dispose();

      expect(await b.acquire([one])).toMatchObject([{ isOwner: true }]);
    });

    it.each<[string, unknown]>([
      ['no JSON', 'x'],
      ['a number', 7],
      ['no entry', {}],
      ['an entry of an unknown kind', entryOf({ kind: 'what' })],
      ['an entry without its times', { result: sms }],
      ['a message with an object as reference', entryOf({ ...sms, reference: { toString: 1 } })],
      ['a message with a status of another version', entryOf({ ...sms, status: 'TELEPORTED' })],
      ['a message with a field too many', entryOf({ ...sms, more: 1 })],
      ['another message', entryOf({ ...sms, id: '2' })],
      ['a campaign', entryOf({ kind: 'campaign', taskId: '1' })],
      ['a failure with a code of another version', entryOf({ ...down, code: 'TELEPORTED' })],
    ])('ignores %s under the key of a message', async (_, json) => {
      const { a, b, write, publish } = await start();
      const text = typeof json === 'string' ? json : JSON.stringify(json);

      await write('sms:1', text);
      expect(await a.get(one)).toBeNull();
      expect(await a.acquire([one])).toMatchObject([{ entry: null }]);

      const change = nextChange(b);
      await publish(text);
      await publish(JSON.stringify({ from: 'another', keys: ['sms:1'], entry: json }));
      await publish(JSON.stringify({ from: 'another', keys: ['sms:1', { toString: 1 }], entry: null }));
      await publish(
        JSON.stringify({ from: 'another', keys: ['balance:1', 'sms:1', 'sms:2', 'task:1'], entry: entryOf(sms) }),
      );
      // The first event that arrives is the valid one, with the one key that the message has.
      expect(await change).toEqual([['sms:1'], expect.objectContaining({ result: sms })]);
    });

    it('ignores a malformed failure', async () => {
      const { a, write } = await start();
      await write('failure:sms:1', JSON.stringify({ kind: 'failure', code: 'TIMEOUT' }));
      expect(await a.acquire([one])).toMatchObject([{ failure: null }]);
    });

    it('ignores a message under the key of a campaign', async () => {
      const { a, write } = await start();
      await write('task:1', JSON.stringify(entryOf(sms)));
      expect(await a.get(keyOf(campaign, '1'))).toBeNull();
    });
  });
}
