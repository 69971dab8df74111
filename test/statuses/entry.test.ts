import { describe, expect, it } from 'vitest';
import { adopt, type Entry, newerOf } from '../../src/statuses/entry.ts';
import { smsWith } from '../helpers/sms.ts';

function entry(word: string, times: Partial<Entry>): Entry {
  return { answer: smsWith(word), askedAtMs: 0, freshUntilMs: 0, staleUntilMs: 0, ...times };
}

describe('of two entries', () => {
  it('the one that was asked for later is believed', () => {
    const [early, late] = [entry('scheduled', { askedAtMs: 1, freshUntilMs: 99 }), entry('sent', { askedAtMs: 2 })];
    expect(newerOf(early, late)).toBe(late);
    expect(newerOf(late, early)).toBe(late);
  });

  it('the final one is believed, whenever it was asked for', () => {
    const [final, late] = [entry('delivered', { askedAtMs: 1 }), entry('sent', { askedAtMs: 2 })];
    expect(newerOf(final, late)).toBe(final);
    expect(newerOf(late, final)).toBe(final);
  });

  it('the only one is believed', () => {
    const only = entry('sent', {});
    expect([newerOf(null, only), newerOf(only, null), newerOf(null, null)]).toEqual([only, only, null]);
  });
});

it('an entry of another instance holds no longer than one of its own would, however its clock and rules differ', () => {
  const rules = { finalTtlMs: 1_000, pendingTtlMs: 10, staleIfErrorMs: 100 };
  const foreign = entry('sent', { askedAtMs: 9_999, freshUntilMs: 9_999, staleUntilMs: 99_999 });
  expect(adopt(foreign, rules, 500)).toEqual({ ...foreign, askedAtMs: 500, freshUntilMs: 510, staleUntilMs: 610 });
  const old = entry('sent', { askedAtMs: 1, freshUntilMs: 2, staleUntilMs: 3 });
  expect(adopt(old, rules, 500)).toEqual(old);
});
