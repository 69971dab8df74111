import { describe, expect, it } from 'vitest';
import { retryAfterSeconds } from '../../src/bsg/retry-after.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    [null, null],
    ['0', 0],
    ['120', 120],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
    ['Wed, 31 Dec 2025 23:59:00 GMT', 0],
    ['soon', null],
    ['-5 minutes', null],
    ['99999999999', 2_147_483_647],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 2_147_483_647],
    ['5, 5', null],
    ['+5', null],
    ['Fry, 99 Dec 2026 23:59:59 GMT', null],
    ['1.5', null],
    ['-5', null],
    ['2026-01-01T00:00:30Z', null],
  ])('%j is %j seconds', (header, expected) => {
    expect(retryAfterSeconds(header, now)).toBe(expected);
  });
});
