import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import type { Stream } from '../live/stream.ts';
import { requestError } from '../request/errors.ts';
import { assertBatchSize } from './batch-size.ts';
import type { Context } from './context.ts';

/**
 * Opens the stream of the states of the keys.
 *
 * @throws {GraphQLError} `BATCH_TOO_LARGE` for too many keys, `TOO_MANY_STREAMS` where the server has too many streams open.
 */
export function subscribeTo<Value extends BsgValue>(
  keys: readonly StatusKey<Value>[],
  { live, maxBatchSize }: Context,
): Stream<Value> {
  assertBatchSize(keys.length, maxBatchSize);
  const stream = live.updates(keys);
  if (stream === null) throw requestError('tooManyStreams');
  return stream;
}
