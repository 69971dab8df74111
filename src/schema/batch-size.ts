import { requestError } from '../request/errors.ts';

/**
 * Validates the number of keys in one field (`MAX_BATCH_SIZE`).
 *
 * @throws {GraphQLError} `BATCH_TOO_LARGE`
 */
export function assertBatchSize(size: number, maxBatchSize: number): void {
  if (size > maxBatchSize) throw requestError('batchTooLarge', { size, maxBatchSize });
}
