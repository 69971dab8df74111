/** Subscriptions as multipart responses, as Apollo Client and Hive Router request them. */
import type { ExecutionResult } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';
import { toPublicResult } from './public-result.ts';

/** An empty part keeps proxies from closing a quiet stream. */
const HEARTBEAT_INTERVAL_MS = 12_000;
const CONTENT_TYPE = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0';
const BOUNDARY = '\r\n--graphql';

/** The formats of a stream, as media types without spaces. */
const STREAM_FORMAT = /^(?:text\/event-stream(?:;|$)|multipart\/mixed;(?:.*;)?subscriptionSpec="?1\.0"?(?:;|$))/i;

/** Whether a client that accepts this receives subscriptions as multipart: of the formats of a stream the first one counts. */
export function prefersMultipart(accept: string | null): boolean {
  const types = (accept ?? '').replace(/\s/g, '').split(',');
  return /^multipart/i.test(types.find((type) => STREAM_FORMAT.test(type)) ?? '');
}

/**
 * Responds with the results of a subscription in the multipart protocol of Apollo, `subscriptionSpec=1.0`. Each part ends with
 * the boundary of the next one, as clients read a part when they see its end.
 *
 * @see https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
 */
export function multipartResponse(results: AsyncIterable<ExecutionResult>, { ReadableStream, Response }: FetchAPI) {
  const iterator = results[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let heartbeat: NodeJS.Timeout;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(BOUNDARY));
      heartbeat = setInterval(() => {
        if (controller.desiredSize === null) clearInterval(heartbeat);
        else if (controller.desiredSize > 0) controller.enqueue(encoder.encode(partOf({})));
      }, HEARTBEAT_INTERVAL_MS);
    },
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (!done) return controller.enqueue(encoder.encode(partOf({ payload: toPublicResult(value) })));
      clearInterval(heartbeat);
      controller.enqueue(encoder.encode('--\r\n'));
      controller.close();
    },
    async cancel() {
      clearInterval(heartbeat);
      await iterator.return?.();
    },
  });
  return new Response(body, { headers: { 'content-type': CONTENT_TYPE } });
}

function partOf(message: object): string {
  return `\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(message)}${BOUNDARY}`;
}
