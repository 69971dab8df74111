import { describe, expect, it } from 'vitest';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { Sms } from '../../src/bsg/sms.ts';
import { adoptEntry, createEntry, type Entry, expireEntry, newerOf } from '../../src/statuses/entry.ts';
import { at } from '../helpers/clock.ts';
import { smsWith } from '../helpers/sms.ts';

function entry(word: string, times: Partial<Entry<Sms>>): Entry<Sms> {
  return { result: smsWith(word), requestedAtMs: at(0), freshUntilMs: at(0), staleUntilMs: at(0), ...times };
}

const newer = (a: Entry<Sms> | null, b: Entry<Sms> | null) => newerOf(smsById, a, b);

describe('of two entries of one message', () => {
  it('the one that was requested later counts', () => {
    const early = entry('scheduled', { requestedAtMs: at(1), freshUntilMs: at(99) });
    const late = entry('sent', { requestedAtMs: at(2) });
    expect(newer(early, late)).toBe(late);
    expect(newer(late, early)).toBe(late);
  });

  it('the final one counts, whenever it was requested', () => {
    const [final, late] = [entry('delivered', { requestedAtMs: at(1) }), entry('sent', { requestedAtMs: at(2) })];
    expect(newer(final, late)).toBe(final);
    expect(newer(late, final)).toBe(final);
  });

  it('the only one counts', () => {
    const only = entry('sent', {});
    expect([newer(null, only), newer(only, null), newer(null, null)]).toEqual([only, only, null]);
  });
});

it('a fetch and an invalidation within one millisecond are kept in order', () => {
  const policy = { finalTtlMs: 1_000, pendingTtlMs: 10, staleIfErrorMs: 100 };
  const requestedAt = (ms: number, word: string) =>
    createEntry(smsById, smsWith(word), at(ms), policy, at(10.9)) as Entry<Sms>;
  expect(requestedAt(10.2, 'delivered')).toEqual(
    entry('delivered', { requestedAtMs: at(10.2), freshUntilMs: at(1_010), staleUntilMs: at(1_110) }),
  );

  const invalidated = expireEntry(smsById, requestedAt(10.1, 'delivered'), at(10.5));
  expect(newer(requestedAt(10.4, 'sent'), invalidated)).toBe(invalidated);
  const later = requestedAt(10.6, 'sent');
  expect(newer(later, invalidated)).toBe(later);
});

it('an entry of another instance gets no longer TTL than one of this instance would, whatever its policy', () => {
  const policy = { finalTtlMs: 1_000, pendingTtlMs: 10, staleIfErrorMs: 100 };
  const foreign = entry('sent', { requestedAtMs: at(9_999), freshUntilMs: at(9_999), staleUntilMs: at(99_999) });
  const adopted = { ...foreign, requestedAtMs: at(500), freshUntilMs: at(510), staleUntilMs: at(610) };
  expect(adoptEntry(smsById, foreign, policy, at(500))).toEqual(adopted);
  const old = entry('sent', { requestedAtMs: at(1), freshUntilMs: at(2), staleUntilMs: at(3) });
  expect(adoptEntry(smsById, old, policy, at(500))).toEqual(old);
});
