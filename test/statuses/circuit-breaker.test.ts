import { expect, it, vi } from 'vitest';
import { type BsgFailure, failure } from '../../src/bsg/failure.ts';
import { type CircuitBreaker, createCircuitBreaker } from '../../src/statuses/circuit-breaker.ts';
import { fakeClock } from '../helpers/clock.ts';

const down = failure('NETWORK', '1');
const there = failure('SMS_NOT_FOUND', '1');

/** A fetch that ends when the test ends it. */
function pending() {
  let end: (result: BsgFailure) => void = () => {};
  const result = new Promise<BsgFailure>((resolve) => {
    end = resolve;
  });
  return { fetch: () => result, end };
}

/** A fetch that begins and ends while the circuit breaker is closed. */
async function end(breaker: CircuitBreaker, result: BsgFailure): Promise<void> {
  breaker.beginFetches()(result);
  await new Promise(setImmediate);
}

async function startOpen() {
  fakeClock();
  const changes: boolean[] = [];
  const breaker = createCircuitBreaker({
    failuresInARow: 3,
    probeAfterMs: 1_000,
    onChange: (isOpen) => changes.push(isOpen),
  });
  const reportStraggler = breaker.beginFetches();
  for (let i = 0; i < 3; i++) await end(breaker, down);
  return { breaker, changes, reportStraggler };
}

it('the circuit breaker ignores outages of fetches that began before it opened', async () => {
  const { breaker, changes, reportStraggler } = await startOpen();
  vi.advanceTimersByTime(1_000);
  const probe = pending();
  const probing = breaker.execute('1', false, probe.fetch);

  for (let i = 0; i < 4; i++) reportStraggler(down);
  probe.end(there);
  expect(await probing).toBe(there);

  expect(breaker.isOpen).toBe(false);
  expect(changes).toEqual([true, false]);
});

it('a caller with a stale value does not wait while the circuit breaker probes BSG', async () => {
  const { breaker } = await startOpen();
  expect(breaker.isRejecting).toBe(true);
  expect(breaker.rejection('7')).toMatchObject({ code: 'NETWORK', subject: '7', retryAfterSeconds: 1 });
  vi.advanceTimersByTime(1_000);
  expect(breaker.isRejecting).toBe(false);
  const probe = pending();
  const probing = breaker.execute('1', false, probe.fetch);

  let isFetched = false;
  const rejected = await breaker.execute('7', true, async () => {
    isFetched = true;
    return there;
  });
  expect([isFetched, rejected]).toMatchObject([false, { code: 'NETWORK', subject: '7' }]);
  probe.end(there);
  await probing;
});

it('the circuit breaker probes BSG after five minutes, however long its Retry-After is', async () => {
  fakeClock();
  const breaker = createCircuitBreaker({ failuresInARow: 1, probeAfterMs: 1_000 });
  await end(breaker, failure('RATE_LIMITED', '1', { retryAfterSeconds: 999_999_999 }));
  expect(breaker.rejection('1')).toMatchObject({ retryAfterSeconds: 300 });
  vi.advanceTimersByTime(300_000);
  expect(await breaker.execute('1', false, async () => there)).toBe(there);
});
