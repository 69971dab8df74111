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

/** The results of a query with the changed one in its place: an error may become a message, and a message an error. */
export function withUpdate(data: MessagesQuery, update: MessageResult): MessagesQuery {
  const results = data.smsBatch.results.map((result) => (keyOf(result) === keyOf(update) ? update : result));
  return { ...data, smsBatch: { ...data.smsBatch, results } };
}

/** The reference by which a result was requested. */
export function keyOf(result: MessageResult): string | null | undefined {
  return result.__typename === 'Sms' ? result.reference : result.subject;
}
