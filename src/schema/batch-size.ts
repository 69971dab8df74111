import { GraphQLError } from 'graphql';

/** Throws `BATCH_TOO_LARGE` where one field asks for more keys than the server allows (`MAX_BATCH_SIZE`). */
export function assertBatchSize(size: number, maxBatchSize: number): void {
  if (size <= maxBatchSize) return;
  throw new GraphQLError(`A batch of ${size} is too large: ask for at most ${maxBatchSize} at once.`, {
    extensions: { code: 'BATCH_TOO_LARGE', size, maxBatchSize },
  });
}
