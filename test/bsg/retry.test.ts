import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../src/bsg/retry.ts';

const first = { attempt: 0, retries: 99, remainingMs: 5_000, random: () => 0.5 };
const answer = (status: number, retryAfter: number | null = null) => ({
  result: { status, retryAfterSeconds: retryAfter, body: '' },
});

describe('another attempt', () => {
  it.each([429, 500, 502, 503, 504, 599])('is worth it after %i', (status) => {
    expect(retryDelayMs({ ...first, ...answer(status) })).toBe(100);
  });

  it.each([200, 301, 400, 401, 403, 404, 408, 422])('is not worth it after %i', (status) => {
    expect(retryDelayMs({ ...first, ...answer(status) })).toBeNull();
  });

  it('is worth it after a fault of the network, and not after an answer that cannot be read', () => {
    expect(retryDelayMs({ ...first, result: { code: 'NETWORK' } })).toBe(100);
    expect(retryDelayMs({ ...first, result: { code: 'TIMEOUT' } })).toBe(100);
    expect(retryDelayMs({ ...first, result: { code: 'BAD_RESPONSE' } })).toBeNull();
  });

  it('waits a random share of a span that doubles up to two seconds', () => {
    const spans = [0, 1, 2, 3, 4, 9].map((attempt) =>
      retryDelayMs({ ...first, attempt, ...answer(500), random: () => 1 }),
    );
    expect(spans).toEqual([200, 400, 800, 1_600, 2_000, 2_000]);
    expect(retryDelayMs({ ...first, ...answer(500), random: () => 0 })).toBe(0);
  });

  it('waits as long as BSG asks, unless the deadline comes first', () => {
    expect(retryDelayMs({ ...first, ...answer(429, 3) })).toBe(3_000);
    expect(retryDelayMs({ ...first, ...answer(503, 3) })).toBe(3_000);
    expect(retryDelayMs({ ...first, ...answer(429, 5) })).toBeNull();
    expect(retryDelayMs({ ...first, ...answer(500), remainingMs: 50 })).toBeNull();
  });
});
