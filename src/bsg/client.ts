import type { Answer } from './answer.ts';
import type { Campaign } from './campaign.ts';
import { createCampaignPaths, type Reply } from './campaign-paths.ts';
import { decodeAnswer } from './decode.ts';
import { type BsgFailure, failure } from './failure.ts';
import { faultOfId, faultOfReference, faultOfTaskId } from './keys.ts';
import { createLookup } from './lookup.ts';
import { noObserver, type RequestObserver } from './observer.ts';
import type { Sms } from './sms.ts';
import { createTimeReader } from './time.ts';
import { createTransport } from './transport.ts';

/** How to reach BSG, and how much to ask of it. */
export interface BsgClientOptions {
  /** Such as `https://api.bsg.world/rest`, without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** IANA zone in which BSG's times are read, such as `Europe/Kyiv`. */
  readonly timezone: string;
  /** The one path to ask for campaigns, with `{task_id}` in it; null: find out which one BSG answers. */
  readonly campaignPath: string | null;
  /** Deadline of one look-up with all its attempts; milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Calls under way at once. */
  readonly maxConcurrency: number;
  /** The clock; milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
  /** From 0 up to 1; spreads retries. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Answers one status at a time. Failures are values: no call rejects but on a bug. The observer is told of each request. */
export interface BsgClient {
  /** `GET /sms/{id}`. */
  smsById(id: string, observer?: RequestObserver): Promise<Sms | BsgFailure>;
  /** `GET /sms/reference/{reference}`. */
  smsByReference(reference: string, observer?: RequestObserver): Promise<Sms | BsgFailure>;
  /** `GET /sms/{task_id}` or `GET /sms/task/{task_id}`; see `createCampaignPaths`. */
  campaign(taskId: string, observer?: RequestObserver): Promise<Campaign | BsgFailure>;
  /** Closes the connections. For when nothing is under way any more. */
  dispose(): void;
}

/** Whatever BSG says of its key is not passed on; a key of less is no secret, and may be part of any text. */
const SHORTEST_SECRET = 8;

/** The only way to BSG. */
export function createBsgClient(options: BsgClientOptions): BsgClient {
  const { apiKey, timeoutMs, now = Date.now, random = Math.random } = options;
  const transport = createTransport({ ...options, now });
  const lookUp = createLookup({ ...options, transport, now, random });
  const readTime = createTimeReader(options.timezone);
  const campaignPaths = createCampaignPaths(options.campaignPath);
  // With a test key BSG makes every answer up, so an answer about another message is what one asked for.
  const answersAreMadeUp = apiKey.startsWith('test_');

  async function ask(path: string, subject: string, deadlineMs: number, observer: RequestObserver): Promise<Reply> {
    const result = await lookUp(path, deadlineMs, observer);
    if ('code' in result) return { answer: failure(result.code, subject, result), httpStatus: null };
    const fetchedAt = new Date(now()).toISOString();
    const answer = withoutKey(decodeAnswer(result, { subject, readTime, fetchedAt }));
    return { answer, httpStatus: result.status };
  }

  /** After decoding, as JSON can write the key in many ways. */
  function withoutKey(answer: Answer): Answer {
    if (apiKey.length < SHORTEST_SECRET || !Object.values(answer).some((value) => String(value).includes(apiKey))) {
      return answer;
    }
    const cleaned = Object.entries(answer).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll(apiKey, '(key)') : value,
    ]);
    return Object.fromEntries(cleaned) as Answer;
  }

  async function askForSms(
    path: string,
    subject: string,
    observer: RequestObserver,
    isAskedFor: (sms: Sms) => boolean,
  ) {
    const { answer } = await ask(path, subject, now() + timeoutMs, observer);
    if (answer.kind === 'campaign') {
      return failure('SMS_NOT_FOUND', subject, { message: 'This is the task id of a campaign, not the id of an SMS.' });
    }
    if (answer.kind === 'sms' && !answersAreMadeUp && !isAskedFor(answer)) {
      return failure('BAD_RESPONSE', subject, { message: 'BSG answered about another SMS than the one asked for.' });
    }
    return answer;
  }

  return {
    smsById: async (id, observer = noObserver) =>
      faultOfId(id) ??
      askForSms(`/sms/${id}`, id, observer, (sms) => withoutLeadingZeros(sms.id) === withoutLeadingZeros(id)),
    smsByReference: async (reference, observer = noObserver) =>
      faultOfReference(reference) ??
      askForSms(
        `/sms/reference/${reference}`,
        reference,
        observer,
        (sms) => sms.reference === null || sms.reference.toLowerCase() === reference.toLowerCase(),
      ),
    campaign: async (taskId, observer = noObserver) => {
      const deadlineMs = now() + timeoutMs;
      return faultOfTaskId(taskId) ?? campaignPaths.ask(taskId, (path) => ask(path, taskId, deadlineMs, observer));
    },
    dispose: transport.dispose,
  };
}

function withoutLeadingZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}
