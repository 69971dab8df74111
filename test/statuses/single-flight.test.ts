import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { Outcome } from '../../src/statuses/outcome.ts';
import { SingleFlight } from '../../src/statuses/single-flight.ts';

const key = keyOf(smsById, '1');
const outcome: Outcome<never> = { result: failure('TIMEOUT', '1'), entry: null, stale: null, tier: 'bsg' };

it('callers during a fetch share it, and later ones fetch again', async () => {
  const singleFlight = new SingleFlight();
  expect(singleFlight.of(key)).toBeNull();

  const flight = singleFlight.start(key, null);
  expect(singleFlight.of(key)).toBe(flight);
  expect(singleFlight.of(keyOf(smsById, '2'))).toBeNull();
  flight.land(outcome);

  expect(await flight.outcome).toBe(outcome);
  expect(singleFlight.of(key)).toBeNull();
});

it('a fetch that failed with a bug is not in flight any more', async () => {
  const singleFlight = new SingleFlight();
  const flight = singleFlight.start(key, null);
  flight.fail(new Error('bug'));
  await expect(flight.outcome).rejects.toThrow('bug');
  expect(singleFlight.of(key)).toBeNull();
});

it('a fetch whose key was invalidated is not shared, and its end leaves the next fetch in flight', async () => {
  const singleFlight = new SingleFlight();
  const first = singleFlight.start(key, null);

  singleFlight.invalidate(key, 7);
  expect(first.invalidatedAtMs).toBe(7);
  expect(singleFlight.of(key)).toBeNull();

  const second = singleFlight.start(key, null);
  first.land(outcome);
  await first.outcome;
  expect(singleFlight.of(key)).toBe(second);
});
