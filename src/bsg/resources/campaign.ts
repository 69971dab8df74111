import { type Campaign, campaignSchema, isFinalCampaign } from '../campaign.ts';
import { equalsApartFromFetchedAt, type Resource } from '../resource.ts';
import { validateTaskId } from '../validation.ts';

/** A campaign by its task id, on whichever path BSG answers for campaigns. */
export const campaign: Resource<Campaign> = {
  name: 'task',
  schema: campaignSchema,
  validate: validateTaskId,
  fetch: (taskId, upstream) => upstream.campaignPaths.fetch(taskId, upstream.get),
  matches: (value, taskId) => value.taskId === taskId,
  aliases: () => [],
  // A campaign of which nothing was sent may be about to start.
  isFinal: (value) => isFinalCampaign(value) && value.sent > 0,
  canRevert: true,
  equals: equalsApartFromFetchedAt,
};
