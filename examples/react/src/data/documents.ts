/** The operations of the screen. Both data layers use them. */
import { graphql } from '../gql/index.ts';

graphql(`
  fragment MessageRow on Sms {
    id
    reference
    msisdn
    status
    statusText
    isFinal
    timeSent
    timeDr
    reportDelay
    price
    currency
    fetchedAt
    isStale
  }
`);

graphql(`
  fragment CampaignCounters on Campaign {
    id
    originator
    body
    totalPrice
    currency
    total
    sent
    delivered
    expired
    undeliverable
    unknown
    pending
    deliveryRate
    isFinal
    fetchedAt
    isStale
  }
`);

graphql(`
  fragment ErrorDetails on BsgErrorDetails {
    code
    message
    retryable
    subject
    ... on BsgUnavailableError {
      retryAfter
    }
  }
`);

/** The messages with these references. */
export const Messages = graphql(`
  query Messages($references: [String!]!) {
    smsBatch(references: $references) {
      results {
        __typename
        ...MessageRow
        ...ErrorDetails
      }
    }
  }
`);

/** Each change of these messages. */
export const MessageUpdates = graphql(`
  subscription MessageUpdates($references: [String!]!) {
    smsUpdates(references: $references) {
      __typename
      ...MessageRow
      ...ErrorDetails
    }
  }
`);

/** One campaign. */
export const CampaignPanel = graphql(`
  query CampaignPanel($taskId: ID!) {
    campaign(taskId: $taskId) {
      __typename
      ...CampaignCounters
      ...ErrorDetails
    }
  }
`);

/** Each change of the counters of a campaign. */
export const CampaignUpdates = graphql(`
  subscription CampaignUpdates($taskId: ID!) {
    campaignUpdates(taskId: $taskId) {
      __typename
      ...CampaignCounters
      ...ErrorDetails
    }
  }
`);
