import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { Outcome } from '../../src/statuses/outcome.ts';
import { createSingleFlight, type Flight } from '../../src/statuses/single-flight.ts';

const key = keyOf(smsById, '1');
const outcome: Outcome<never> = { result: failure('TIMEOUT', '1'), entry: null, stale: null, tier: 'bsg' };

it('callers during a fetch share it, and later ones fetch again', async () => {
  const singleFlight = createSingleFlight();
  expect(singleFlight.join(key)).toBeNull();

  const first = singleFlight.start(key, async () => outcome);
  expect(await singleFlight.join(key)).toBe(outcome);
  expect(singleFlight.join(keyOf(smsById, '2'))).toBeNull();
  await first;

  expect(singleFlight.join(key)).toBeNull();
});

it('a rejected fetch is not in flight any more', async () => {
  const singleFlight = createSingleFlight();
  await expect(singleFlight.start(key, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
  expect(singleFlight.join(key)).toBeNull();
});

it('a fetch whose key was invalidated is not shared, and its end leaves the next fetch in flight', async () => {
  const singleFlight = createSingleFlight();
  const flights: Flight[] = [];
  let end = () => {};
  const first = singleFlight.start(key, (flight) => {
    flights.push(flight);
    return new Promise((resolve) => {
      end = () => resolve(outcome);
    });
  });

  singleFlight.invalidate(key, 7);
  expect(flights).toEqual([{ invalidatedAtMs: 7 }]);
  expect(singleFlight.join(key)).toBeNull();

  const second = singleFlight.start(key, () => new Promise(() => {}));
  end();
  await first;
  expect(singleFlight.join(key)).toBe(second);
});
