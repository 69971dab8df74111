/** The paths on which BSG may answer for campaigns, and which of them does. */
import { type Campaign, decodeCampaign } from './campaign.ts';
import type { Decode } from './decode.ts';
import { type BsgFailure, failure, isFailure } from './failure.ts';
import type { Reply, Upstream } from './resource.ts';
import { decodeSms, type Sms } from './sms.ts';
import { canonicalId } from './validation.ts';

/** The path that BSG's page documents, which is also that of an SMS, and the one that most of its SDKs use. */
const DOCUMENTED_PATH = '/sms/{task_id}';
const SDK_PATH = '/sms/task/{task_id}';

/** Finds out which of BSG's paths answers for campaigns, and remembers it. */
export interface CampaignPaths {
  /** `taskId` has been validated, as it becomes part of the path. */
  fetch(taskId: string, upstream: Pick<Upstream, 'get'>): Promise<Campaign | BsgFailure>;
}

/** One path serves an SMS and a campaign: a status word makes the object an SMS, a `sent` counter a campaign. */
export const decodeSmsOrCampaign: Decode<Sms | Campaign> = (wire, context) =>
  decodeSms(wire, context) ?? decodeCampaign(wire, context);

/**
 * Tries the documented path first and, where the response is not about a campaign, the other one. The path that has
 * answered about campaigns is tried first from then on. A `pinnedPath` is the only one used.
 */
export function createCampaignPaths(pinnedPath: string | null): CampaignPaths {
  let knownPath = pinnedPath;

  return {
    async fetch(taskId, upstream) {
      const first = knownPath ?? DOCUMENTED_PATH;
      const isKnown = knownPath !== null;
      const reply = await getOn(first);
      const isOpen = isNoAnswer(reply) || (!isKnown && (mayBeAboutSms(reply) || isHttpError(reply)));
      if (pinnedPath !== null || !isOpen) return campaignOr(reply, taskId);

      const otherReply = await getOn(first === SDK_PATH ? DOCUMENTED_PATH : SDK_PATH);
      return campaignOr(rankOf(otherReply) > rankOf(reply) ? otherReply : reply, taskId);

      async function getOn(path: string): Promise<SharedPathReply> {
        const reply = await upstream.get(path.replace('{task_id}', canonicalId(taskId)), decodeSmsOrCampaign);
        if (isFromCampaignPath(reply, path)) knownPath = path;
        return reply;
      }
    },
  };
}

type SharedPathReply = Reply<Sms | Campaign>;

/** A campaign or, on the path that serves nothing else, a failure that speaks of campaigns. */
function isFromCampaignPath({ result }: SharedPathReply, path: string): boolean {
  if (!isFailure(result)) return result.kind === 'campaign';
  const isOfCampaigns = result.code === 'TASK_NOT_FOUND' || result.code === 'INVALID_TASK_ID';
  return path === SDK_PATH && isOfCampaigns && result.bsgCode !== null;
}

/**
 * Whether the reply says nothing about the campaign on any path: an SMS of the same number, or a page or a redirect that
 * does not come from BSG. An outage does not count: it is the same on both paths.
 */
function isNoAnswer({ result, httpStatus }: SharedPathReply): boolean {
  if (!isFailure(result)) return result.kind === 'sms';
  return result.code === 'BAD_RESPONSE' && (httpStatus === null || httpStatus < 500);
}

/** Whether BSG gave no number of its own: the path itself may be unknown, or closed to the account. */
function isHttpError({ result, httpStatus }: SharedPathReply): boolean {
  if (!isFailure(result) || result.bsgCode !== null || httpStatus === null) return false;
  return result.group === 'notFound' || result.group === 'invalidRequest' || result.group === 'access';
}

/** How much the reply says about the campaign, for the choice between the two paths. */
function rankOf(reply: SharedPathReply): number {
  const { result } = reply;
  if (isNoAnswer(reply)) return result.kind === 'sms' ? 1 : 0;
  if (isHttpError(reply)) return isFailure(result) && result.group === 'access' ? 2 : 1;
  return mayBeAboutSms(reply) ? 1 : 3;
}

/** Whether BSG refused what it may have read as the id of an SMS. */
function mayBeAboutSms({ result }: SharedPathReply): boolean {
  if (!isFailure(result) || result.code === 'INVALID_TASK_ID' || result.code === 'TASK_NOT_FOUND') return false;
  return result.group === 'notFound' || result.group === 'invalidRequest' || result.code === 'FUNCTION_NOT_SUPPORTED';
}

/** One code for a campaign that does not exist, on either path; `bsgCode` keeps BSG's number. */
function campaignOr({ result }: SharedPathReply, taskId: string): Campaign | BsgFailure {
  if (result.kind === 'sms') {
    return failure('TASK_NOT_FOUND', taskId, {
      message: 'This is the id of an SMS; no campaign has it as its task id.',
    });
  }
  if (result.kind === 'campaign' || result.code !== 'SMS_NOT_FOUND') return result;
  return { ...failure('TASK_NOT_FOUND', taskId), bsgCode: result.bsgCode };
}
