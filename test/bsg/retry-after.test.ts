import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from '../../src/bsg/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    [null, null],
    ['', null],
    ['0', 1],
    ['1', 1],
    ['120', 120],
    ['300', 300],
    ['301', 300],
    ['99999999999', 300],
    ['9'.repeat(400), 300],
    ['1.5', 2],
    ['.5', 1],
    ['1e2', 100],
    ['+5', 5],
    ['-5', 1],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
    ['Thursday, 01-Jan-26 00:00:30 GMT', 30],
    ['Thu Jan  1 00:00:30 2026', 30],
    ['2026-01-01T00:00:30Z', 30],
    ['2026-01-01T02:00:30+02:00', 30],
    ['2026-01-01 00:00:30', 30],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 1],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 300],
    ['Fry, 99 Dec 2026 23:59:59 GMT', null],
    ['Fri, 99 Dec 2026 23:59:59 GMT', null],
    ['soon', null],
    ['-5 minutes', null],
    ['5 seconds', null],
    ['5, 5', null],
    ['Infinity', null],
    ['0x10', null],
  ])('of %j is %j seconds', (header, expected) => {
    expect(retryAfterSeconds(header, now)).toBe(expected);
  });
});
