/** The seeded campaigns. */
import type { WireCampaign } from '../bsg/wire.ts';
import { movingCampaignAt } from './moving-campaign.ts';
import { always, fromFirstRequest } from './seed-entries.ts';
import { MOVING_SMS } from './seed-sms.ts';
import type { Store } from './store.ts';

/** The campaign example of BSG's page "Get SMS status", field for field. */
const DOCUMENTED_CAMPAIGN: WireCampaign = {
  originator: 'alpha_name',
  body: 'message text',
  validity: 72,
  totalprice: 0.23,
  currency: 'EUR',
  sent: 1,
  delivered: 1,
  expired: 0,
  undeliverable: 0,
  unknown: 0,
};

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
  // The same number as an SMS: on the documented path the SMS answers.
  '211': { body: 'a campaign with the number of an SMS', sent: 2, delivered: 2, totalprice: 0.46 },
};

/** Seeds 5001 to 5005 and 211, which stand still, and 5006, the campaign of the messages that move. */
export function seedCampaigns(store: Store): void {
  for (const [taskId, differences] of Object.entries(CAMPAIGNS)) {
    store.campaigns.set(taskId, always({ ...DOCUMENTED_CAMPAIGN, ...differences }));
  }
  const moving = { originator: 'alpha_name', body: 'message text', validity: 72, messages: MOVING_SMS };
  store.campaigns.set(
    '5006',
    fromFirstRequest((startedAtMs, nowMs) => movingCampaignAt(moving, nowMs - startedAtMs)),
  );
}
