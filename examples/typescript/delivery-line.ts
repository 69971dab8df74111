import { graphql } from './gql/index.ts';
import { send } from './send.ts';

const DeliveryLine = graphql(`
  query DeliveryLine($reference: String!) {
    smsByReference(reference: $reference) {
      __typename
      ... on Sms {
        status
        isFinal
        timeDr
      }
      ... on BsgErrorDetails {
        code
        message
      }
      ... on BsgUnavailableError {
        retryAfter
      }
    }
  }
`);

/** Returns the delivery status that a support screen shows under a message, for the SMS with this reference. */
export async function deliveryLine(endpoint: string, reference: string): Promise<string> {
  const { smsByReference: result } = await send(endpoint, DeliveryLine, { reference });
  // The switch is exhaustive: with a new member of the union it no longer compiles.
  switch (result.__typename) {
    case 'Sms':
      if (result.status === 'DELIVERED' || result.status === 'READ') return `Delivered at ${result.timeDr}`;
      return result.isFinal ? 'Not delivered' : 'On its way';
    case 'BsgNotFoundError':
      return 'No such message';
    case 'BsgUnavailableError':
      return `Status unknown, next try in ${result.retryAfter ?? 30} s`;
    case 'BsgInvalidRequestError':
    case 'BsgConflictError':
    case 'BsgAccessError':
      return `Please tell support: ${result.code} (${result.message})`;
  }
}
