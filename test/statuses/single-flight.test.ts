import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { Gathering } from '../../src/bsg/gathering.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { Sms } from '../../src/bsg/sms.ts';
import type { Outcome } from '../../src/statuses/outcome.ts';
import { SingleFlight } from '../../src/statuses/single-flight.ts';
import { at } from '../helpers/clock.ts';

const key = keyOf(smsById, '1');
/** A read that waits for one flight. */
function waitForOutcome() {
  const outcomes: Outcome<Sms>[] = [];
  const gathering = new Gathering<Outcome<Sms>>(1, (outcome) => outcomes.push(outcome));
  return { waiting: { gathering, place: 0 }, ended: gathering.ended.then(() => outcomes[0]) };
}

const outcome: Outcome<never> = { result: failure('TIMEOUT', '1'), entry: null, stale: null, tier: 'bsg' };

it('callers during a fetch share it, and later ones fetch again', async () => {
  const singleFlight = new SingleFlight();
  expect(singleFlight.of(key)).toBeNull();

  const [first, second] = [waitForOutcome(), waitForOutcome()];
  const flight = singleFlight.start(key, null, first.waiting);
  expect(singleFlight.of(key)).toBe(flight);
  expect(singleFlight.of(keyOf(smsById, '2'))).toBeNull();
  flight.join(second.waiting);
  flight.land(outcome);

  expect(await Promise.all([first.ended, second.ended])).toEqual([outcome, { ...outcome, tier: 'coalesced' }]);
  expect(singleFlight.of(key)).toBeNull();
});

it('a fetch that failed with a bug is not in flight any more', async () => {
  const singleFlight = new SingleFlight();
  const read = waitForOutcome();
  const flight = singleFlight.start(key, null, read.waiting);
  const failing = expect(read.ended).rejects.toThrow('bug');
  flight.fail(new Error('bug'));
  await failing;
  expect(singleFlight.of(key)).toBeNull();
});

it('a fetch whose key was invalidated is not shared, and its end leaves the next fetch in flight', async () => {
  const singleFlight = new SingleFlight();
  const first = singleFlight.start(key, null, waitForOutcome().waiting);

  singleFlight.invalidate(key, at(7));
  expect(first.invalidatedAtMs).toBe(7);
  expect(singleFlight.of(key)).toBeNull();

  const second = singleFlight.start(key, null, waitForOutcome().waiting);
  first.land(outcome);
  expect(singleFlight.of(key)).toBe(second);
});
