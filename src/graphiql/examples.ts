/** One tab of GraphiQL, titled with the name of its operation. */
export interface Example {
  readonly query: string;
  /** As JSON text. */
  readonly variables?: string;
}

/** The tabs that GraphiQL opens with. Each runs unchanged against the sandbox. */
export const EXAMPLES: readonly Example[] = [
  {
    query: `# One message by BSG's id. Press the play button.
# Hover over a field to read its description.
query OneSms {
  sms(id: "211") {
    __typename
    ... on Sms {
      id
      reference
      status
      isFinal
      timeIn
      timeDr
      price
      currency
    }
    ... on BsgErrorDetails {
      code
      message
    }
  }
}
`,
  },
  {
    query: `# By your own reference. The status of this message
# changes from its first read: run the query again.
query ByReference($reference: String!) {
  smsByReference(reference: $reference) {
    ... on Sms {
      id
      status
      statusText
      isFinal
      timeDr
      fetchedAt
    }
    ... on BsgErrorDetails {
      code
      message
    }
  }
}
`,
    variables: '{\n  "reference": "moving_1"\n}\n',
  },
  {
    query: `# Many at once, by id and by reference, each fetched
# once, with counts for a dashboard.
query BatchWithCounts {
  smsBatch(
    ids: ["211", "301", "305", "307", "404404"]
    references: ["ext_id_19", "status_unknown"]
  ) {
    isFinal
    deliveryRate
    statusCounts {
      status
      count
    }
    prices {
      currency
      total
    }
    found {
      id
      status
    }
    errors {
      ... on BsgErrorDetails {
        subject
        code
        message
      }
    }
  }
}
`,
  },
  {
    query: `# Live: press play and watch. This message changes for
# a minute, then it is final and the stream completes.
subscription LiveMessage {
  smsUpdates(references: ["moving_7"]) {
    ... on Sms {
      reference
      status
      isFinal
      timeDr
    }
    ... on BsgErrorDetails {
      subject
      code
      message
    }
  }
}
`,
  },
  {
    query: `# A campaign in progress, with its counts.
query OneCampaign {
  campaign(taskId: "5003") {
    ... on Campaign {
      taskId
      originator
      sent
      delivered
      expired
      undeliverable
      unknown
      pending
      deliveryRate
      isFinal
      totalPrice
      currency
    }
    ... on BsgErrorDetails {
      code
      message
    }
  }
}
`,
  },
  {
    query: `# A campaign in progress: sent catches up with total
# within a minute, then the stream completes.
subscription LiveCampaign {
  campaignUpdates(taskId: "5010") {
    ... on Campaign {
      total
      queued
      accepted
      enroute
      sent
      delivered
      expired
      undeliverable
      isFinal
    }
    ... on BsgErrorDetails {
      code
      message
    }
  }
}
`,
  },
  {
    query: `# Errors are data: five types, by what to do
# about them. None of these fails the query.
query EveryKindOfError {
  notFound: sms(id: "9020") { ...Outcome }
  invalidRequest: sms(id: "x") { ...Outcome }
  conflict: sms(id: "9023") { ...Outcome }
  access: sms(id: "9008") { ...Outcome }
  unavailable: sms(id: "9429") { ...Outcome }
}

fragment Outcome on SmsResult {
  __typename
  ... on BsgErrorDetails {
    code
    bsgCode
    message
    retryable
    subject
  }
  ... on BsgUnavailableError {
    retryAfter
  }
}
`,
  },
  {
    query: `# The query of a federation gateway: entities by
# either key, in one request.
query FederationEntity {
  _entities(
    representations: [
      { __typename: "Sms", reference: "ext_id_19" }
      { __typename: "Sms", id: "305" }
      { __typename: "Campaign", taskId: "5002" }
    ]
  ) {
    ... on Sms {
      id
      reference
      status
    }
    ... on Campaign {
      taskId
      deliveryRate
    }
  }
}
`,
  },
];
