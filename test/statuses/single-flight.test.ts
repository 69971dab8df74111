import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { Gathering } from '../../src/bsg/gathering.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { Sms } from '../../src/bsg/sms.ts';
import type { Outcome } from '../../src/statuses/outcome.ts';
import { type Flight, SingleFlight } from '../../src/statuses/single-flight.ts';

const key = keyOf(smsById, '1');
/** Makes a read wait for the flight. Resolves to its outcome. */
async function outcomeOf(flight: Flight<Sms>): Promise<Outcome<Sms> | undefined> {
  const outcomes: Outcome<Sms>[] = [];
  const gathering = new Gathering<Outcome<Sms>>(1, (outcome) => outcomes.push(outcome));
  flight.join(gathering, 0);
  await gathering.ended;
  return outcomes[0];
}

const outcome: Outcome<never> = { result: failure('TIMEOUT', '1'), entry: null, stale: null, tier: 'bsg' };

it('callers during a fetch share it, and later ones fetch again', async () => {
  const singleFlight = new SingleFlight();
  expect(singleFlight.of(key)).toBeNull();

  const flight = singleFlight.start(key, null);
  expect(singleFlight.of(key)).toBe(flight);
  expect(singleFlight.of(keyOf(smsById, '2'))).toBeNull();
  const outcomes = [outcomeOf(flight), outcomeOf(flight)];
  flight.land(outcome);

  expect(await Promise.all(outcomes)).toEqual([outcome, { ...outcome, tier: 'coalesced' }]);
  expect(singleFlight.of(key)).toBeNull();
});

it('a fetch that failed with a bug is not in flight any more', async () => {
  const singleFlight = new SingleFlight();
  const flight = singleFlight.start(key, null);
  const failing = expect(outcomeOf(flight)).rejects.toThrow('bug');
  flight.fail(new Error('bug'));
  await failing;
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
  expect(singleFlight.of(key)).toBe(second);
});
