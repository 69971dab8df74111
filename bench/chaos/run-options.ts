import type { Program } from './programs.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';
import type { Truth } from './truth.ts';

/** What everyone who takes part in a run needs. */
export interface RunOptions {
  readonly truth: Truth;
  readonly tally: Tally;
  readonly random: Random;
  readonly servers: readonly Program[];
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}
