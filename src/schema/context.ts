import type { Live } from '../live/live.ts';
import type { Loaders } from '../loaders/loaders.ts';

/** What every resolver is given. Made anew for each request. */
export interface Context {
  readonly loaders: Loaders;
  readonly live: Pick<Live, 'updates'>;
  /** Whether phone numbers and the texts of campaigns are shown. */
  readonly maySeePersonal: boolean;
  /** Told that the answer is going to be a stream. */
  readonly onStream: () => void;
  /** How many keys one batch field may ask for. */
  readonly maxBatchSize: number;
}
