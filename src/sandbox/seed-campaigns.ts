/** The seeded campaigns. */
import type { WireCampaign } from '../bsg/wire.ts';
import { growingCampaignAt } from './growing-campaign.ts';
import { movingCampaignAt } from './moving-campaign.ts';
import { always, fromFirstRequest } from './seed-entries.ts';
import { MOVING_SMS } from './seed-sms.ts';
import type { Store } from './store.ts';

/** What every seeded campaign sends. */
const TEXT = { originator: 'alpha_name', body: 'message text', validity: 72 } as const;

/** The campaign example of BSG's page "Get SMS status", field for field. */
const DOCUMENTED_CAMPAIGN: WireCampaign = {
  ...TEXT,
  totalprice: 0.23,
  currency: 'EUR',
  sent: 1,
  delivered: 1,
  expired: 0,
  undeliverable: 0,
  unknown: 0,
};

const NOTHING_SUMMED = { sent: null, delivered: '', expired: null, undeliverable: '', unknown: null } as const;

/** Not begun either, as BSG's page has it: the outcomes are missing. */
const NOT_BEGUN: WireCampaign = { ...TEXT, totalprice: 0, currency: 'EUR', sent: null };

const CAMPAIGNS: Readonly<Record<string, Partial<WireCampaign>>> = {
  '5001': {},
  // Done, with every outcome, in strings.
  '5002': { sent: '100', delivered: '90', expired: '6', undeliverable: '4', totalprice: '23.0000000', validity: '72' },
  // Half way.
  '5003': { sent: 1000, delivered: 600, expired: 20, undeliverable: 5, totalprice: 230 },
  // All sent, some without a report.
  '5004': { sent: 10, delivered: 7, unknown: 3, totalprice: 2.3 },
  // Nothing was sent.
  '5005': { error: '0', errorDescription: 'No errors', sent: 0, delivered: 0, totalprice: 0 },
  // The new specification: done.
  '5007': { ...ofNewSpecification(100), sent: 100, delivered: 90, expired: 6, undeliverable: 4, totalprice: 23 },
  // The new specification: paused after its first messages, all of which arrived.
  '5008': { ...ofNewSpecification(1_000), queued: 990, sent: 10, delivered: 10, totalprice: 230 },
  // The new specification: not begun, so that sums over no rows are null or empty.
  '5009': { ...ofNewSpecification(50), queued: '50', accepted: null, enroute: '', ...NOTHING_SUMMED, totalprice: 11.5 },
  // The same number as an SMS: on the documented path the SMS answers.
  '211': { body: 'a campaign with the number of an SMS', sent: 2, delivered: 2, totalprice: 0.46 },
};

/**
 * Seeds 5001 to 5005, 5007 to 5009, 5012 and 211, which never change; 5006, the campaign of the messages that change; 5010 and
 * 5011, which grow, with the counters of the new specification and without.
 */
export function seedCampaigns(store: Store): void {
  for (const [taskId, differences] of Object.entries(CAMPAIGNS)) {
    store.campaigns.set(taskId, always({ ...DOCUMENTED_CAMPAIGN, ...differences }));
  }
  store.campaigns.set('5012', always(NOT_BEGUN));
  const moving = { ...TEXT, messages: MOVING_SMS };
  store.campaigns.set(
    '5006',
    fromFirstRequest((startedAtMs, nowMs) => movingCampaignAt(moving, nowMs - startedAtMs)),
  );
  for (const [taskId, hasTotal] of [
    ['5010', true],
    ['5011', false],
  ] as const) {
    const growing = { ...TEXT, total: 1_000, hasTotal };
    store.campaigns.set(
      taskId,
      fromFirstRequest((startedAtMs, nowMs) => growingCampaignAt(growing, nowMs - startedAtMs)),
    );
  }
}

/** The counters of the new specification, with nothing on its way. */
function ofNewSpecification(total: number): Partial<WireCampaign> {
  return { total, queued: 0, accepted: 0, enroute: 0 };
}
