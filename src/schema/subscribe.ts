import { GraphQLError } from 'graphql';
import type { Stream } from '../live/streams.ts';
import type { StatusKey } from '../statuses/status-key.ts';
import { assertBatchSize } from './batch-size.ts';
import type { Context } from './context.ts';

/** The states of the keys. Throws `BATCH_TOO_LARGE` for too many keys, `TOO_MANY_STREAMS` for one stream too many. */
export function subscribeTo(keys: readonly StatusKey[], { live, maxBatchSize, onStream }: Context): Stream {
  assertBatchSize(keys.length, maxBatchSize);
  const stream = live.updates(keys);
  if (stream !== null) {
    onStream();
    return stream;
  }
  throw new GraphQLError('The server has as many streams open as it may: ask again later, or poll.', {
    extensions: { code: 'TOO_MANY_STREAMS', http: { status: 503, headers: { 'retry-after': '5' } } },
  });
}
