import type { Live } from '../live/live.ts';
import type { Loaders } from '../loaders/loaders.ts';

/** The context of every resolver, one per request. */
export interface Context {
  readonly loaders: Loaders;
  readonly live: Pick<Live, 'updates'>;
  /** Whether phone numbers and the texts of campaigns are shown. */
  readonly maySeePersonal: boolean;
  /** Keys that one batch field accepts. */
  readonly maxBatchSize: number;
}
