/** Subscriptions as multipart responses, as Apollo Client and Hive Router request them. */
import type { EventFormat } from './event-stream.ts';

const BOUNDARY = '\r\n--graphql';

/** The formats of a stream, as media types without spaces. */
const STREAM_FORMAT = /^(?:text\/event-stream(?:;|$)|multipart\/mixed;(?:.*;)?subscriptionSpec="?1\.0"?(?:;|$))/i;

/** Whether a client that accepts this receives subscriptions as multipart: of the formats of a stream the first one counts. */
export function prefersMultipart(accept: string | null): boolean {
  const types = (accept ?? '').replace(/\s/g, '').split(',');
  return /^multipart/i.test(types.find((type) => STREAM_FORMAT.test(type)) ?? '');
}

/**
 * The multipart protocol of Apollo, `subscriptionSpec=1.0`. Each part ends with the boundary of the next one, as clients read a
 * part when they see its end.
 *
 * @see https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export const MULTIPART: EventFormat = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  start: BOUNDARY,
  heartbeat: partOf({}),
  event: (payload) => partOf({ payload }),
  end: '--\r\n',
};

function partOf(message: object): string {
  return `\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(message)}${BOUNDARY}`;
}
