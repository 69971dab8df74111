import { type Campaign, decodeCampaign } from '../../src/bsg/campaign.ts';

/** A campaign of which nothing is known but its counters, as one answer of BSG gives them. */
export function campaignWith(
  counters: Readonly<Record<string, number>>,
  fetchedAt = '2026-01-01T00:00:00.000Z',
): Campaign {
  const wire = Object.fromEntries(Object.entries({ sent: 0, ...counters }).map(([name, n]) => [name, String(n)]));
  const campaign = decodeCampaign(wire, {
    subject: '6',
    notFoundCode: 'TASK_NOT_FOUND',
    fetchedAt,
    readTimes: () => [null, null, null],
  });
  if (campaign === null) throw new Error('Not a campaign.');
  return campaign;
}
