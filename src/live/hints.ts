import type { StatusKey } from '../statuses/status-key.ts';

/** What taking hints is made of. */
export interface HintsOptions {
  /** Called for a key that may have changed. */
  readonly onHint: (key: StatusKey) => void;
  /** The shortest time between two calls for one key; milliseconds. */
  readonly windowMs: number;
  /** Keys in their window at once; hints of further ones are let go, as watches look by themselves anyway. */
  readonly maxKeys: number;
}

/** Takes hints, however many come. */
export interface Hints {
  take(key: StatusKey): void;
  dispose(): void;
}

/** Passes the first hint of a key on at once, and at the end of its window one for all that came meanwhile. */
export function createHints({ onHint, windowMs, maxKeys }: HintsOptions): Hints {
  const windows = new Map<StatusKey, { timer: NodeJS.Timeout; hasMore: boolean }>();

  function open(key: StatusKey): void {
    windows.set(key, { timer: setTimeout(() => close(key), windowMs), hasMore: false });
    onHint(key);
  }

  function close(key: StatusKey): void {
    const hasMore = windows.get(key)?.hasMore ?? false;
    windows.delete(key);
    if (hasMore) open(key);
  }

  return {
    take(key) {
      const window = windows.get(key);
      if (window !== undefined) window.hasMore = true;
      else if (windows.size < maxKeys) open(key);
    },
    dispose() {
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}
