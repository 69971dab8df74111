import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Campaign, deliveryRateOf, isFinalCampaign, pendingOf } from '../../src/bsg/campaign.ts';

const count = fc.nat({ max: 2_147_483_647 });
const counts = fc.record({ sent: count, delivered: count, expired: count, undeliverable: count, unknown: count });

function campaign(differences: Partial<Campaign>): Campaign {
  const text = { originator: null, body: null, validity: null, totalPrice: null, currency: null, fetchedAt: '' };
  const none = { sent: 0, delivered: 0, expired: 0, undeliverable: 0, unknown: 0 };
  return { kind: 'campaign', taskId: '6', ...text, ...none, ...differences };
}

it('has pending what was sent and has no outcome', () => {
  expect(pendingOf(campaign({ sent: 10, delivered: 4, expired: 1, undeliverable: 1, unknown: 1 }))).toBe(3);
  fc.assert(
    fc.property(counts, (any) => {
      expect(pendingOf(campaign(any))).toBeGreaterThanOrEqual(0);
    }),
  );
});

it('has a delivery rate once something was sent', () => {
  expect(deliveryRateOf(campaign({}))).toBeNull();
  expect(deliveryRateOf(campaign({ sent: 4, delivered: 1 }))).toBe(0.25);
});

it('is final when nothing is pending or unknown', () => {
  expect(isFinalCampaign(campaign({ sent: 3, delivered: 1, expired: 1, undeliverable: 1 }))).toBe(true);
  expect(isFinalCampaign(campaign({ sent: 3, delivered: 2 }))).toBe(false);
  expect(isFinalCampaign(campaign({ sent: 3, delivered: 2, unknown: 1 }))).toBe(false);
});
