import { requestError } from '../request/errors.ts';

/** Throws `BATCH_TOO_LARGE` where one field asks for more keys than the server allows (`MAX_BATCH_SIZE`). */
export function assertBatchSize(size: number, maxBatchSize: number): void {
  if (size > maxBatchSize) throw requestError('batchTooLarge', { size, maxBatchSize });
}
