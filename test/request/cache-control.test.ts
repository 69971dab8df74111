import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { addMs } from '../../src/monotonic-clock.ts';
import { type CacheFacts, cacheControlOf, NO_STORE } from '../../src/request/cache-control.ts';
import type { Tier } from '../../src/statuses/read-observer.ts';
import { at } from '../helpers/clock.ts';

const NOW_MS = at(1_000);
const DAY_MS = 24 * 3_600_000;

const cached = fc.record({
  tier: fc.constantFrom<Tier[]>('memory', 'redis', 'bsg', 'coalesced'),
  entry: fc.integer({ min: -DAY_MS, max: 2 * DAY_MS }).map((leftMs) => ({
    result: failure('SMS_NOT_FOUND', '1'),
    requestedAtMs: NOW_MS,
    freshUntilMs: addMs(NOW_MS, leftMs),
    staleUntilMs: addMs(NOW_MS, DAY_MS),
  })),
});
const notCached = fc.record({ tier: fc.constantFrom('bsg', 'coalesced', 'circuit_open'), entry: fc.constant(null) });
const stale = cached.map(({ entry }) => ({ tier: 'stale' as const, entry }));

const complete = { hasErrors: false, isPersonal: false };

function cacheControl(facts: CacheFacts): string {
  return cacheControlOf(facts, NOW_MS);
}

it('max-age is the least freshness that is left of the entries, in whole seconds, at most an hour', () => {
  fc.assert(
    fc.property(fc.array(cached, { minLength: 1 }), (reads) => {
      const maxAgeS = Number(/^private, max-age=(\d+)$/.exec(cacheControl({ reads, ...complete }))?.[1]);
      const leftMs = reads.map(({ entry }) => entry.freshUntilMs - NOW_MS);

      expect(maxAgeS).toBeLessThanOrEqual(3_600);
      // Never served beyond the freshness of any entry, and not a whole second less than it.
      for (const each of leftMs) expect(maxAgeS * 1_000).toBeLessThanOrEqual(Math.max(0, each));
      if (maxAgeS < 3_600) expect(leftMs.some((each) => each < (maxAgeS + 1) * 1_000)).toBe(true);
    }),
  );
});

it.each<[string, fc.Arbitrary<CacheFacts['reads'][number]>]>([
  ['a stale value', stale],
  ['a result that is not cached', notCached],
])('one read of %s among others makes the response no-store', (_, arbitrary) => {
  fc.assert(
    fc.property(fc.array(cached), arbitrary, fc.nat(), (others, read, at) => {
      expect(cacheControl({ reads: [...others.slice(at), read, ...others.slice(0, at)], ...complete })).toBe(NO_STORE);
    }),
  );
});

it('errors, personal data and the lack of reads each make the response no-store', () => {
  fc.assert(
    fc.property(fc.array(cached), fc.boolean(), fc.boolean(), (reads, hasErrors, isPersonal) => {
      fc.pre(hasErrors || isPersonal || reads.length === 0);
      expect(cacheControl({ reads, hasErrors, isPersonal })).toBe(NO_STORE);
    }),
  );
});
