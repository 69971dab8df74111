import type { Answer } from '../bsg/answer.ts';
import type { Entry } from './entry.ts';
import type { StatusKey } from './status-key.ts';

/** What came of asking to be the one instance that asks BSG for a key. */
export interface Claim {
  /** False while another instance asks: try again in a moment. True as well where the shared cache does not answer. */
  readonly mayAsk: boolean;
  /** What any instance learned of the key, as of this claim; null where that is nothing. */
  readonly entry: Entry | null;
  /** What the last instance that asked was told a moment ago, though it is not kept; null where it learned something. */
  readonly outcome: Answer | null;
}

/** What several instances of the server know together. None of its calls rejects: where it is down, it knows nothing. */
export interface SharedCache {
  /** What any instance learned of the key; null where that is nothing, or where the shared cache does not answer. */
  get(key: StatusKey): Promise<Entry | null>;
  /** Asks to be the one instance that asks BSG for the key, until it is released. */
  claim(key: StatusKey): Promise<Claim>;
  /** Ends the claim and tells the instances that wait for it what came of it; null: nothing, let another one ask. */
  release(key: StatusKey, outcome: Answer | null): void;
  /** Makes the entry known to all instances by each of the keys. */
  put(keys: readonly StatusKey[], entry: Entry): void;
  /** Makes all instances forget the keys. */
  drop(keys: readonly StatusKey[]): void;
  /** Tells what other instances learn, and null for what they forget. One listener at the most. */
  onNews(listener: (key: StatusKey, entry: Entry | null) => void): void;
  /** Whether it answers, and tells its news. */
  readonly isUp: boolean;
  /** Ends its claims and closes its connections. */
  dispose(): Promise<void>;
}

/** For an instance that is alone. */
export const noSharedCache: SharedCache = {
  get: async () => null,
  claim: async () => ({ mayAsk: true, entry: null, outcome: null }),
  release: () => {},
  put: () => {},
  drop: () => {},
  onNews: () => {},
  isUp: true,
  dispose: async () => {},
};
