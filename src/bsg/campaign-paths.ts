import type { Answer } from './answer.ts';
import type { Campaign } from './campaign.ts';
import { type BsgFailure, failure } from './failure.ts';

/** What one look-up came to. */
export interface Reply {
  readonly answer: Answer;
  /** Null where no HTTP answer came. */
  readonly httpStatus: number | null;
}

type Ask = (path: string) => Promise<Reply>;

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
      const isOpen = isBesideThePoint(reply) || (!isKnown && mayBeAboutSms(reply));
      if (pinnedPath !== null || !isOpen) return campaignOr(reply, taskId);

      const otherReply = await askOn(first === SDK_PATH ? DOCUMENTED_PATH : SDK_PATH);
      const isAnswered = !isBesideThePoint(otherReply) && !mayBeAboutSms(otherReply);
      return campaignOr(isAnswered ? otherReply : reply, taskId);

      async function askOn(path: string): Promise<Reply> {
        const reply = await ask(path.replace('{task_id}', taskId));
        if (isFromPathOfCampaigns(reply, path)) known = path;
        return reply;
      }
    },
  };
}

/** A campaign, or on the path that is for nothing else a failure that speaks of campaigns. */
function isFromPathOfCampaigns({ answer }: Reply, path: string): boolean {
  if (answer.kind !== 'failure') return answer.kind === 'campaign';
  return path === SDK_PATH && (answer.code === 'TASK_NOT_FOUND' || answer.code === 'INVALID_TASK_ID');
}

/**
 * Whether the answer says nothing of the campaign on any path: it is an SMS of the same number, or a page or a redirect
 * that is no answer of BSG. An outage is another matter, as it is the same on both paths.
 */
function isBesideThePoint({ answer, httpStatus }: Reply): boolean {
  if (answer.kind !== 'failure') return answer.kind === 'sms';
  return answer.code === 'BAD_RESPONSE' && (httpStatus === null || httpStatus < 500);
}

/** Whether BSG refused what it may have taken for the id of an SMS. */
function mayBeAboutSms({ answer }: Reply): boolean {
  if (answer.kind !== 'failure' || answer.code === 'INVALID_TASK_ID' || answer.code === 'TASK_NOT_FOUND') return false;
  return answer.group === 'notFound' || answer.group === 'invalidRequest' || answer.code === 'FUNCTION_NOT_SUPPORTED';
}

/** One code for a campaign that is not there, whichever path said so; `bsgCode` stays what BSG said. */
function campaignOr({ answer }: Reply, taskId: string): Campaign | BsgFailure {
  if (answer.kind === 'sms') {
    return failure('TASK_NOT_FOUND', taskId, {
      message: 'This is the id of an SMS; no campaign has it as its task id.',
    });
  }
  if (answer.kind === 'campaign' || answer.code !== 'SMS_NOT_FOUND') return answer;
  return { ...failure('TASK_NOT_FOUND', taskId), bsgCode: answer.bsgCode };
}
