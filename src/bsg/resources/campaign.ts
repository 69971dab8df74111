import {
  type Campaign,
  campaignSchema,
  isFinalCampaign,
  isSameCampaign,
  maxFinalTtlMsOf,
  withCountersSince,
} from '../campaign.ts';
import { HISTORY_MS, type Resource } from '../resource.ts';
import { canonicalId, validateTaskId } from '../validation.ts';

/** A campaign by its task id, on whichever path BSG answers for campaigns. */
export const campaign: Resource<Campaign> = {
  name: 'task',
  schema: campaignSchema,
  notFoundCode: 'TASK_NOT_FOUND',
  validate: validateTaskId,
  canonicalId,
  fetch: (taskId, upstream) => upstream.campaignPaths.fetch(taskId, upstream),
  matches: (value, taskId) => value.taskId === canonicalId(taskId),
  aliases: () => [],
  isFinal: isFinalCampaign,
  maxFinalTtlMs: maxFinalTtlMsOf,
  canRevert: true,
  equals: isSameCampaign,
  history: { carryOver: withCountersSince, keepMs: HISTORY_MS },
};
