import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/bsg/retry.ts';

const first = { attempt: 0, retries: 99, remainingMs: 5_000, random: () => 0.5 };
const answer = (status: number, retryAfter: number | null = null) => ({
  result: { status, retryAfterSeconds: retryAfter, body: '' },
});

describe('a retry', () => {
  it.each([429, 500, 502, 503, 504, 599])('follows HTTP %i', (status) => {
    expect(retryDelayMs({ ...first, ...answer(status) })).toBe(100);
  });

  it.each([200, 301, 400, 401, 403, 404, 408, 422])('does not follow HTTP %i', (status) => {
    expect(retryDelayMs({ ...first, ...answer(status) })).toBeNull();
  });

  it('follows a network error, and not a response that cannot be decoded', () => {
    expect(retryDelayMs({ ...first, result: { code: 'NETWORK' } })).toBe(100);
    expect(retryDelayMs({ ...first, result: { code: 'TIMEOUT' } })).toBe(100);
    expect(retryDelayMs({ ...first, result: { code: 'BAD_RESPONSE' } })).toBeNull();
  });

  it('is delayed by a random share of a span that doubles up to two seconds', () => {
    const spans = [0, 1, 2, 3, 4, 9].map((attempt) =>
      retryDelayMs({ ...first, attempt, ...answer(500), random: () => 1 }),
    );
    expect(spans).toEqual([200, 400, 800, 1_600, 2_000, 2_000]);
    expect(retryDelayMs({ ...first, ...answer(500), random: () => 0 })).toBe(0);
  });

  it('obeys Retry-After, unless the deadline comes first', () => {
    expect(retryDelayMs({ ...first, ...answer(429, 3) })).toBe(3_000);
    expect(retryDelayMs({ ...first, ...answer(503, 3) })).toBe(3_000);
    expect(retryDelayMs({ ...first, ...answer(429, 5) })).toBeNull();
    expect(retryDelayMs({ ...first, ...answer(500), remainingMs: 50 })).toBeNull();
  });
});
