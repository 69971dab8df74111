import type { Entry } from './entry.ts';

/** What several instances of the server know together. None of its calls rejects: where it is down, it knows nothing. */
export interface SharedCache {
  /** What any instance learned of the key; null where that is nothing, or where the shared cache does not answer. */
  get(key: string): Promise<Entry | null>;
  /**
   * Asks to be the one instance that asks BSG for the key. False while another one does: look again in a moment. True as
   * well where the shared cache does not answer.
   */
  claim(key: string): Promise<boolean>;
  /** Ends the claim of the key and makes the entry known to all instances by each of the keys; null: nothing was learned. */
  release(key: string, entry: Entry | null, keys: readonly string[]): void;
  /** Makes all instances forget the keys. */
  drop(keys: readonly string[]): void;
  /** Tells what other instances learn, and null for what they forget. One listener at the most. */
  onNews(listener: (key: string, entry: Entry | null) => void): void;
  /** Whether it answers. */
  readonly isUp: boolean;
  /** Closes its connections. */
  dispose(): Promise<void>;
}

/** For an instance that is alone. */
export const noSharedCache: SharedCache = {
  get: async () => null,
  claim: async () => true,
  release: () => {},
  drop: () => {},
  onNews: () => {},
  isUp: true,
  dispose: async () => {},
};
