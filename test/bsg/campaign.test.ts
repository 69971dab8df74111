import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Campaign,
  deliveryRateOf,
  isFinalCampaign,
  pendingOf,
  withCountersSince,
} from '../../src/bsg/campaign.ts';
import { campaignWith } from '../helpers/campaign.ts';

const count = fc.nat({ max: 2_147_483_647 });
const counts = fc.record(
  { total: count, sent: count, delivered: count, expired: count, undeliverable: count, unknown: count },
  { requiredKeys: [] },
);

it('a campaign has pending what is sent, or what is in it where BSG says so, and has no outcome', () => {
  const outcomes = { sent: 10, delivered: 4, expired: 1, undeliverable: 1, unknown: 1 };
  expect(pendingOf(campaignWith(outcomes))).toBe(3);
  expect(pendingOf(campaignWith({ ...outcomes, total: 1_000 }))).toBe(993);
  fc.assert(
    fc.property(counts, (any) => {
      expect(pendingOf(campaignWith(any))).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('a campaign has a delivery rate once something was sent, whatever its total is', () => {
  expect(deliveryRateOf(campaignWith({}))).toBeNull();
  expect(deliveryRateOf(campaignWith({ total: 4 }))).toBeNull();
  expect(deliveryRateOf(campaignWith({ sent: 4, delivered: 1, total: 100 }))).toBe(0.25);
});

describe('a campaign with a total', () => {
  it.each([
    [{ total: 1_000, sent: 10, delivered: 10 }, false],
    [{ total: 3, sent: 3, delivered: 1, expired: 1, undeliverable: 1 }, true],
    [{ total: 3, sent: 3, delivered: 2, unknown: 1 }, false],
    [{ total: 3, sent: 3, delivered: 3, unknown: 1 }, false],
    [{ total: 3, sent: 3, delivered: 2 }, false],
    [{ total: 0, sent: 0 }, false],
  ])('of %j: final is %s', (counters, isFinal) => {
    expect(isFinalCampaign(campaignWith(counters))).toBe(isFinal);
  });
});

/** States of one campaign as they are read, at these minutes. */
function read(
  ...states: readonly (readonly [minute: number, counters: Readonly<Record<string, number>>])[]
): Campaign[] {
  const campaigns: Campaign[] = [];
  for (const [minute, counters] of states) {
    const fetched = campaignWith(counters, new Date(minute * 60_000).toISOString());
    const previous = campaigns.at(-1);
    campaigns.push(previous === undefined ? fetched : withCountersSince(fetched, previous));
  }
  return campaigns;
}

describe('a campaign without a total', () => {
  const done = { sent: 3, delivered: 2, expired: 1 };

  it('is final once its counters have not changed for ten minutes', () => {
    const campaigns = read([0, { sent: 2, delivered: 2 }], [5, done], [14.9, done], [15, done]);
    expect(campaigns.map(isFinalCampaign)).toEqual([false, false, false, true]);
  });

  it('is not final while something is pending or unknown, or nothing was sent, however long that lasts', () => {
    for (const counters of [{ sent: 3, delivered: 2 }, { sent: 3, delivered: 2, unknown: 1 }, {}])
      expect(read([0, counters], [9_999, counters]).map(isFinalCampaign)).toEqual([false, false]);
  });

  it('starts to wait again with each change', () => {
    const more = { sent: 4, delivered: 3, expired: 1 };
    expect(read([0, done], [15, done], [16, more], [25, more], [26, more]).map(isFinalCampaign)).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
});

/** One message that is sent and gets its outcome; between the two the campaign may be read. */
interface Step {
  readonly outcome: 'delivered' | 'expired' | 'undeliverable';
  readonly minutes: number;
  readonly isReadBetween: boolean;
}

/** What is read of a campaign that goes through these steps, and ten minutes after the last of them. */
function historyOf(steps: readonly Step[], total: { total?: number }): Campaign[] {
  const counters = { ...total, sent: 0, delivered: 0, expired: 0, undeliverable: 0 };
  const states: [number, Record<string, number>][] = [[0, { ...counters }]];
  let minute = 0;
  for (const { outcome, minutes, isReadBetween } of steps) {
    minute += minutes;
    counters.sent++;
    if (isReadBetween) states.push([minute, { ...counters }]);
    counters[outcome]++;
    states.push([minute, { ...counters }]);
  }
  return read(...states, [minute + 10, { ...counters }]);
}

describe('a campaign that is called final has come to its end, in any history', () => {
  const step = fc.record({
    outcome: fc.constantFrom('delivered' as const, 'expired' as const, 'undeliverable' as const),
    minutes: fc.double({ min: 0, max: 9.99, noNaN: true }),
    isReadBetween: fc.boolean(),
  });

  it.each([true, false])('where the total is sent: %s', (hasTotal) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const campaigns = historyOf(steps, hasTotal ? { total: steps.length } : {});
        const final = campaigns.filter(isFinalCampaign);
        const end = campaigns.at(-1);
        expect(final).toContain(end);
        for (const { fetchedAt, countersSinceMs, ...counters } of final) expect(end).toMatchObject(counters);
      }),
    );
  });
});
