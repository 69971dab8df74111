/** Fetches one message by a request of its own. */
import type { Campaign } from './campaign.ts';
import { decodeSmsOrCampaign } from './campaign-paths.ts';
import { type BsgFailure, failure } from './failure.ts';
import type { Reply, Upstream } from './resource.ts';
import type { Sms } from './sms.ts';

/** Fetches one message on its own. */
export async function fetchSms(path: string, upstream: Upstream): Promise<Sms | BsgFailure> {
  return smsOf(await upstream.get(path, decodeSmsOrCampaign), upstream.subject);
}

/** The message of a reply; a campaign can have the same number. */
export function smsOf({ result }: Reply<Sms | Campaign>, subject: string): Sms | BsgFailure {
  if (result.kind !== 'campaign') return result;
  return failure('SMS_NOT_FOUND', subject, { message: 'This is the task id of a campaign, not the id of an SMS.' });
}
