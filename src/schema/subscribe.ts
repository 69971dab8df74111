import { GraphQLError } from 'graphql';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Stream } from '../live/stream.ts';
import { assertBatchSize } from './batch-size.ts';
import type { Context } from './context.ts';

/** The states of the keys. Throws `BATCH_TOO_LARGE` for too many keys, `TOO_MANY_STREAMS` for one stream too many. */
export function subscribeTo<Value extends BsgValue>(
  keys: readonly StatusKey<Value>[],
  { live, maxBatchSize, onStream }: Context,
): Stream<Value> {
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
