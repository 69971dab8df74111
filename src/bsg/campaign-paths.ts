import type { Campaign } from './campaign.ts';
import { type BsgFailure, failure } from './failure.ts';
import type { Sms } from './sms.ts';

/** What one look-up came to. */
export interface Reply {
  readonly answer: Sms | Campaign | BsgFailure;
  /** Null where no HTTP answer came. */
  readonly httpStatus: number | null;
}

type Ask = (path: string, subject: string) => Promise<Reply>;

/** The path that BSG's page documents, which is also that of an SMS, and the one that most of its SDKs use. */
const DOCUMENTED_PATH = '/sms/{task_id}';
const SDK_PATH = '/sms/task/{task_id}';

/** Asks for a campaign on the path that answers campaigns. */
export interface CampaignPaths {
  /** `taskId` has been checked: it stands in the path as it is. */
  ask(taskId: string, ask: Ask): Promise<Campaign | BsgFailure>;
}

/**
 * BSG documents one path for campaigns and its SDKs use another. Asks the documented one first and, where the answer is
 * not about a campaign, the other; whichever has answered about campaigns is asked first from then on.
 * A `pinnedPath` is the only one asked.
 */
export function createCampaignPaths(pinnedPath: string | null): CampaignPaths {
  let known: string | null = pinnedPath;

  return {
    async ask(taskId, ask) {
      const first = known ?? DOCUMENTED_PATH;
      const isKnown = known !== null;
      const reply = await askOn(first);
      if (pinnedPath !== null || !leavesOtherPathOpen(reply, isKnown)) return campaignOr(reply, taskId);

      const otherReply = await askOn(first === SDK_PATH ? DOCUMENTED_PATH : SDK_PATH);
      return campaignOr(leavesOtherPathOpen(otherReply, false) ? reply : otherReply, taskId);

      async function askOn(path: string): Promise<Reply> {
        const reply = await ask(path.replace('{task_id}', taskId), taskId);
        if (isAboutCampaigns(reply)) known = path;
        return reply;
      }
    },
  };
}

/** A campaign, or a failure that only a path of campaigns gives. */
function isAboutCampaigns({ answer }: Reply): boolean {
  if (answer.kind === 'failure') return answer.code === 'TASK_NOT_FOUND' || answer.code === 'INVALID_TASK_ID';
  return answer.kind === 'campaign';
}

/**
 * Whether the other path may still have the campaign. A path known to answer campaigns is believed when it names a BSG
 * error. An SMS of the same number, or a page that is no answer of BSG, says nothing about the campaign; an outage
 * is the same on both paths.
 */
function leavesOtherPathOpen(reply: Reply, isKnownPath: boolean): boolean {
  const { answer, httpStatus } = reply;
  if (answer.kind !== 'failure') return answer.kind === 'sms';
  if (answer.code === 'BAD_RESPONSE') return httpStatus !== null && httpStatus < 500;
  if (isKnownPath || isAboutCampaigns(reply)) return false;
  return answer.group === 'notFound' || answer.group === 'invalidRequest' || answer.code === 'FUNCTION_NOT_SUPPORTED';
}

function campaignOr({ answer }: Reply, taskId: string): Campaign | BsgFailure {
  if (answer.kind !== 'sms') return answer;
  return failure('TASK_NOT_FOUND', taskId, { message: 'This is the id of an SMS; no campaign has it as its task id.' });
}
