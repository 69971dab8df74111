/** Options of {@link createThrottle}. */
export interface ThrottleOptions<Key extends { readonly text: string }> {
  /** Called at the first call for a key, and at the end of a window in which there were more, with the latest of them. */
  readonly run: (key: Key) => void;
  /** The shortest time between two runs for one key; milliseconds. */
  readonly windowMs: number;
  /** Keys in their window at once. Further keys are ignored: subscribers poll them anyway. */
  readonly maxKeys: number;
}

/** Runs at most once per window and key. */
export interface Throttle<Key extends { readonly text: string }> {
  call(key: Key): void;
  dispose(): void;
}

/** Runs the first call for a key at once, and one more at the end of its window for all calls in between. */
export function createThrottle<Key extends { readonly text: string }>(options: ThrottleOptions<Key>): Throttle<Key> {
  const { run, windowMs, maxKeys } = options;
  const windows = new Map<string, { readonly timer: NodeJS.Timeout; next: Key | null }>();

  function open(key: Key): void {
    windows.set(key.text, { timer: setTimeout(() => close(key), windowMs), next: null });
    run(key);
  }

  function close(key: Key): void {
    const next = windows.get(key.text)?.next ?? null;
    windows.delete(key.text);
    if (next !== null) open(next);
  }

  return {
    call(key) {
      const window = windows.get(key.text);
      if (window !== undefined) window.next = key;
      else if (windows.size < maxKeys) open(key);
    },
    dispose() {
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}
