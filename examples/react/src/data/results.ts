/** The results of the operations, by what the screen does with them. */
import type { CampaignPanelQuery, MessagesQuery } from '../gql/graphql.ts';

/** A message, or why there is none. */
export type MessageResult = MessagesQuery['smsBatch']['results'][number];

/** A message that was found. */
export type Message = Extract<MessageResult, { __typename: 'Sms' }>;

/** A campaign, or why there is none. */
export type CampaignResult = CampaignPanelQuery['campaign'];

/** A campaign that was found. */
export type Campaign = Extract<CampaignResult, { __typename: 'Campaign' }>;

/** Why a message or a campaign cannot be shown. */
export type BsgError = Exclude<MessageResult, { __typename: 'Sms' }>;

/** Whether the message was found. */
export function isMessage(result: MessageResult): result is Message {
  return result.__typename === 'Sms';
}

/** Whether there is an error in place of the message. */
export function isError(result: MessageResult): result is BsgError {
  return result.__typename !== 'Sms';
}

/** The messages with the changed one in its place. An error may become a message. */
export function withMessageUpdate(data: MessagesQuery, update: MessageResult): MessagesQuery {
  const results = data.smsBatch.results.map((result) =>
    keyOf(result) === keyOf(update) ? latestOf(result, update) : result,
  );
  return { ...data, smsBatch: { ...data.smsBatch, results } };
}

/** The campaign with its counters changed. */
export function withCampaignUpdate(data: CampaignPanelQuery, update: CampaignResult): CampaignPanelQuery {
  return { ...data, campaign: latestOf(data.campaign, update) };
}

/** What to show after an event. While BSG cannot be reached, that is what is already there, marked as stale. */
function latestOf<Result extends MessageResult | CampaignResult>(current: Result, update: Result): Result {
  return update.__typename === 'BsgUnavailableError' && 'isStale' in current ? { ...current, isStale: true } : update;
}

/** The reference by which a result was requested. */
function keyOf(result: MessageResult): string | null | undefined {
  return result.__typename === 'Sms' ? result.reference : result.subject;
}
