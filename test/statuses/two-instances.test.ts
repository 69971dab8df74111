import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { isFinalCampaign } from '../../src/bsg/campaign.ts';
import type { BsgClient } from '../../src/bsg/client.ts';
import type { BsgErrorCode } from '../../src/bsg/codes.ts';
import { failure, isFailure } from '../../src/bsg/failure.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { campaign } from '../../src/bsg/resources/campaign.ts';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { type Sms, statusOf } from '../../src/bsg/sms.ts';
import { addMs, monotonicNow } from '../../src/monotonic-clock.ts';
import { createCircuitBreaker } from '../../src/statuses/circuit-breaker.ts';
import { createSharedCache } from '../../src/statuses/shared-cache.ts';
import { createStatuses, type Statuses } from '../../src/statuses/statuses.ts';
import { campaignWith } from '../helpers/campaign.ts';
import { clientOf } from '../helpers/client.ts';
import { fakeClock } from '../helpers/clock.ts';
import { createMemoryBackend } from '../helpers/memory-backend.ts';
import { smsWith } from '../helpers/sms.ts';

const key = keyOf(smsById, '1');

/**
 * Two instances that share a cache, and a BSG whose word for the one message the test sets.
 *
 * @param aheadMs What the clock of the first is ahead of that of the second. @default 0
 */
function startTwo(aheadMs = 0) {
  const bsg = {
    word: 'sent',
    reference: 'ref_1' as string | null,
    failsWith: null as BsgErrorCode | null,
    fetches: 0,
    held: null as Promise<void> | null,
  };
  const client = clientOf(async ({ resource, id }) => {
    bsg.fetches++;
    const { word, reference, failsWith, held } = bsg;
    await held;
    const sms: Sms = {
      ...smsWith(word),
      reference,
      status: statusOf(word),
      fetchedAt: new Date().toISOString(),
    };
    if (failsWith !== null) return failure(failsWith, id);
    return resource.schema.safeParse(sms).data ?? failure('BAD_RESPONSE', id);
  });
  /** What each fetch was given of the deadline. */
  const timeouts: (number | undefined)[] = [];
  const timed: typeof client = {
    fetch(fetches, observer, onResult, timeoutMs) {
      timeouts.push(timeoutMs);
      return client.fetch(fetches, observer, onResult);
    },
  };
  return { ...connectTwo(timed, 60_000, aheadMs), bsg, timeouts };
}

/** Holds the answers back until they are released. */
function held(bsg: { held: Promise<void> | null }): { readonly release: () => void } {
  let release = () => {};
  bsg.held = new Promise((resolve) => {
    release = resolve;
  });
  return { release: () => release() };
}

const clockAhead = (ms: number) => () => addMs(monotonicNow(), ms);

/** Two instances that share a cache, with one TTL for everything. */
function connectTwo(client: Pick<BsgClient, 'fetch'>, ttlMs: number, aheadMs = 0) {
  const backend = createMemoryBackend();
  const [a, b] = [aheadMs, 0].map((each) =>
    createStatuses({
      client,
      policy: { finalTtlMs: ttlMs, pendingTtlMs: ttlMs, staleIfErrorMs: ttlMs },
      maxEntries: 100,
      circuitBreaker: createCircuitBreaker({ failuresInARow: 100, probeAfterMs: 1_000 }),
      shared: createSharedCache({ backend: backend.connect(each), checksMatch: true, now: clockAhead(each) }),
      timeoutMs: 10_000,
      now: clockAhead(each),
    }),
  );
  if (a === undefined || b === undefined) throw new Error('There are two.');
  return { a, b, backend };
}

/** Resolves once the instance receives an invalidation. */
function invalidationAt(statuses: Statuses): Promise<void> {
  return new Promise((resolve) => statuses.onChange((_, result) => (result === null ? resolve() : undefined)));
}

describe('two instances with a shared cache', () => {
  it('mark a stale value for those who read it, and never in the cache', async () => {
    fakeClock();
    const { a, b, bsg, backend } = startTwo();
    const known = await a.get(key);
    vi.advanceTimersByTime(61_000);
    bsg.failsWith = 'NETWORK';

    for (const instance of [a, b, a]) expect(await instance.get(key)).toEqual({ ...known, isStale: true });
    expect(await a.poll(key)).toMatchObject({ code: 'NETWORK' });
    expect([...backend.values.values()].join()).not.toContain('isStale');
    bsg.failsWith = null;
    for (const instance of [a, b]) expect(await instance.get(key)).not.toHaveProperty('isStale');
  });

  it.each([30_000, -30_000])(
    'serve a status no longer for a clock that is %d ms ahead of the other',
    async (aheadMs) => {
      fakeClock();
      const { a, b, bsg } = startTwo(aheadMs);
      await a.get(key);

      vi.advanceTimersByTime(59_900);
      await b.get(key);
      expect(bsg.fetches).toBe(1);
      vi.advanceTimersByTime(200);
      await b.get(key);
      expect(bsg.fetches).toBe(2);
    },
  );

  it('fetch a cold key once between them', async () => {
    const { a, b, bsg } = startTwo();
    const { release } = held(bsg);

    const reads = [a.get(key), a.get(key), b.get(key), b.get(key)];
    void setImmediate().then(release);

    expect(await Promise.all(reads)).toMatchObject([1, 2, 3, 4].map(() => ({ id: '1', status: 'SENT' })));
    expect(bsg.fetches).toBe(1);
  });

  it('spend what waiting for a lock has left of the deadline on the fetch', async () => {
    fakeClock();
    const { a, b, bsg, backend, timeouts } = startTwo();
    const killed = backend.connect().lock;
    await killed.acquire(key.text);

    const reads = [a.get(key), b.get(key)];
    await setImmediate();
    vi.advanceTimersByTime(6_000);
    killed.release(key.text);

    expect(await Promise.all(reads)).toMatchObject([{ id: '1' }, { id: '1' }]);
    expect(timeouts).toEqual([4_000]);
    expect(bsg.fetches).toBe(1);
  });

  it('wait for a lock no longer than for a fetch', async () => {
    fakeClock();
    const { a, bsg, backend } = startTwo();
    await backend.connect().lock.acquire(key.text);

    const read = a.get(key);
    await setImmediate();
    vi.advanceTimersByTime(10_000);

    expect(await read).toMatchObject({ code: 'TIMEOUT' });
    expect(bsg.fetches).toBe(0);
  });

  it('share a failure that is not cached with those that waited, and fetch again for those that come later', async () => {
    const { a, b, bsg } = startTwo();
    bsg.failsWith = 'NETWORK';

    expect(await Promise.all([a.get(key), b.get(key)])).toMatchObject([{ code: 'NETWORK' }, { code: 'NETWORK' }]);
    expect(bsg.fetches).toBe(1);
    bsg.failsWith = null;
    expect(await b.get(key)).toMatchObject({ id: '1' });
  });

  it('know a message by both its keys, whichever instance fetched it', async () => {
    const { a, b, bsg } = startTwo();
    await a.get(key);
    expect(await b.get(keyOf(smsByReference, 'ref_1'))).toMatchObject({ id: '1' });
    expect(bsg.fetches).toBe(1);
  });

  it('receive an invalidation by id of a message that they read by a reference which BSG leaves out', async () => {
    const { a, b, bsg } = startTwo();
    bsg.reference = null;
    const byReference = keyOf(smsByReference, 'ref_1');
    await a.get(byReference);
    const invalidated = new Promise<void>((resolve) => {
      a.onChange(({ text }, result) => (text === byReference.text && result === null ? resolve() : undefined));
    });

    await b.invalidate([key]);
    await invalidated;
    bsg.word = 'delivered';

    expect(await a.get(byReference)).toMatchObject({ status: 'DELIVERED' });
  });

  it('fetch again after an invalidation by the other, and receive both results', async () => {
    const { a, b, bsg } = startTwo();
    await a.get(key);
    await b.get(key);
    const changes: unknown[] = [];
    const invalidated = new Promise<void>((resolve) => {
      a.onChange(({ text }, result) => {
        changes.push([text, result?.kind ?? null]);
        if (result === null && text === 'ref:ref_1') resolve();
      });
    });

    await b.invalidate([key]);
    await invalidated;
    bsg.word = 'delivered';

    expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
    expect(changes).toEqual([
      ['sms:1', null],
      ['ref:ref_1', null],
      ['sms:1', 'sms'],
      ['ref:ref_1', 'sms'],
    ]);
    expect(bsg.fetches).toBe(2);
  });

  it('fetch a final status again after a delivery report about it, and take whatever BSG then answers', async () => {
    fakeClock();
    const { a, b, bsg } = startTwo();
    bsg.word = 'expired';
    expect([await a.get(key), await b.get(key)]).toMatchObject([{ status: 'EXPIRED' }, { status: 'EXPIRED' }]);

    bsg.word = 'delivered';
    vi.advanceTimersByTime(1);
    expect(await b.get(key)).toMatchObject({ status: 'EXPIRED' });
    const received = invalidationAt(a);
    await b.invalidate([keyOf(smsByReference, 'ref_1')]);
    await received;
    expect([await a.get(key), await b.get(key)]).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]);
    expect(bsg.fetches).toBe(2);
  });

  it('keep a final status where the fetch after a delivery report fails, on an instance that did not know it as well', async () => {
    const { a, b, bsg } = startTwo();
    bsg.word = 'delivered';
    await a.get(key);
    bsg.failsWith = 'NETWORK';

    await b.invalidate([key]);

    expect(await b.get(key)).toMatchObject({ status: 'DELIVERED' });
    expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
    const { fetches } = bsg;
    expect([await a.get(key), await b.get(key)]).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]);
    expect(bsg.fetches).toBe(fetches);
  });

  it.each(['NETWORK', 'SMS_NOT_FOUND', 'ACCESS_DENIED'] as const)(
    'both keep a final status where the one fetch after a delivery report fails with %s',
    async (code) => {
      fakeClock();
      const { a, b, bsg } = startTwo();
      bsg.word = 'delivered';
      await a.get(key);
      await b.get(key);
      vi.advanceTimersByTime(1);
      const received = invalidationAt(a);
      await b.invalidate([key]);
      await received;
      bsg.failsWith = code;
      const hold = held(bsg);

      const polls = [a.poll(key), b.poll(key)];
      await expect.poll(() => bsg.fetches).toBe(2);
      hold.release();

      expect(await Promise.all(polls)).toMatchObject([{ status: 'DELIVERED' }, { status: 'DELIVERED' }]);
      expect(bsg.fetches).toBe(2);
    },
  );

  it('do not let a slow answer of one key revert the final status that the other instance fetched by another key', async () => {
    fakeClock();
    const { a, b, bsg } = startTwo();
    const hold = held(bsg);
    const slow = a.get(keyOf(smsByReference, 'ref_1'));
    await expect.poll(() => bsg.fetches).toBe(1);

    bsg.held = null;
    bsg.word = 'delivered';
    vi.advanceTimersByTime(1);
    const received = new Promise((resolve) => a.onChange((_, result) => resolve(result)));
    expect(await b.get(key)).toMatchObject({ status: 'DELIVERED' });
    await received;
    hold.release();

    expect(await slow).toMatchObject({ status: 'DELIVERED' });
    expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
    expect(bsg.fetches).toBe(2);
  });

  it.each(['sent', 'expired'])(
    'keep the final status that was fetched between two delivery reports where the fetch after the second one fails (%s before)',
    async (word) => {
      fakeClock();
      const { a, bsg } = startTwo();
      bsg.word = word;
      await a.get(key);
      vi.advanceTimersByTime(1);
      await a.invalidate([key]);
      bsg.word = 'delivered';
      const hold = held(bsg);
      const between = a.get(key);
      await expect.poll(() => bsg.fetches).toBe(2);

      vi.advanceTimersByTime(1_000);
      await a.invalidate([key]);
      hold.release();
      expect(await between).toMatchObject({ status: 'DELIVERED' });
      bsg.failsWith = 'NETWORK';

      expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
      expect(bsg.fetches).toBe(3);
      bsg.failsWith = null;
      expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
      expect(bsg.fetches).toBe(3);
    },
  );

  it('keep a final status where one of two fetches after a delivery report, by its two keys, fails', async () => {
    fakeClock();
    const { a, bsg } = startTwo();
    bsg.word = 'expired';
    await a.get(key);
    vi.advanceTimersByTime(1);
    await a.invalidate([key]);
    const first = held(bsg);
    const succeeding = a.get(key);
    await expect.poll(() => bsg.fetches).toBe(2);
    const second = held(bsg);
    bsg.failsWith = 'ACCESS_DENIED';
    const failing = a.get(keyOf(smsByReference, 'ref_1'));
    await expect.poll(() => bsg.fetches).toBe(3);

    first.release();
    expect(await succeeding).toMatchObject({ status: 'EXPIRED' });
    second.release();

    expect(await failing).toMatchObject({ status: 'EXPIRED' });
  });

  it('fetch again after a delivery report by id that came while the message was fetched by reference', async () => {
    fakeClock();
    const { a, bsg } = startTwo();
    bsg.word = 'expired';
    const byReference = keyOf(smsByReference, 'ref_1');
    const { release } = held(bsg);
    const early = a.get(byReference);
    await expect.poll(() => bsg.fetches).toBe(1);

    vi.advanceTimersByTime(1);
    bsg.word = 'delivered';
    await a.invalidate([key]);
    release();
    expect(await early).toMatchObject({ status: 'EXPIRED' });

    expect(await a.get(byReference)).toMatchObject({ status: 'DELIVERED' });
    expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
    expect(bsg.fetches).toBe(2);
  });

  it('do not let an answer from before a delivery report replace a final status, or be cached', async () => {
    const { a, bsg } = startTwo();
    bsg.word = 'expired';
    const { release } = held(bsg);
    const early = a.get(key);
    await expect.poll(() => bsg.fetches).toBe(1);

    await a.invalidate([key]);
    bsg.word = 'delivered';
    const late = a.get(key);
    release();

    expect(await early).toMatchObject({ status: 'EXPIRED' });
    expect(await late).toMatchObject({ status: 'DELIVERED' });
    expect(await a.get(key)).toMatchObject({ status: 'DELIVERED' });
  });

  it.each([0, 1_000])(
    'know together that a campaign has not changed for ten minutes, with a TTL of %i ms',
    async (ttlMs) => {
      fakeClock();
      const done = { sent: 2, delivered: 2 };
      const client = clientOf(
        async ({ resource, id }) =>
          resource.schema.safeParse(campaignWith(done, new Date().toISOString())).data ?? failure('BAD_RESPONSE', id),
      );
      const { a, b } = connectTwo(client, ttlMs);
      const task = keyOf(campaign, '6');
      const isFinal = async (statuses: Statuses) => {
        const result = await statuses.get(task);
        return !isFailure(result) && isFinalCampaign(result);
      };

      expect(await isFinal(a)).toBe(false);
      vi.advanceTimersByTime(5 * 60_000);
      expect(await isFinal(b)).toBe(false);
      vi.advanceTimersByTime(5 * 60_000);
      expect(await isFinal(b)).toBe(true);
      done.sent = 3;
      done.delivered = 3;
      vi.advanceTimersByTime(1_000);
      expect(await isFinal(a)).toBe(false);
    },
  );
});
