import { requestError } from '../request/errors.ts';

/** The length that routers assume of a list with one element for each key of a batch: the default of `MAX_BATCH_SIZE`. */
export const BATCH_LIST_SIZE = { assumedSize: 100 };

/**
 * Validates the number of keys in one field (`MAX_BATCH_SIZE`).
 *
 * @throws {GraphQLError} `BATCH_TOO_LARGE`
 */
export function assertBatchSize(size: number, maxBatchSize: number): void {
  if (size > maxBatchSize) throw requestError('batchTooLarge', { size, maxBatchSize });
}
