import type { Answer } from '../bsg/answer.ts';
import type { StatusKey } from '../statuses/status-key.ts';
import type { Watches, WatchListener } from './watches.ts';

/** States as they come, for one reader. */
export type Stream = AsyncIterableIterator<Answer, undefined>;

/** Told when a stream begins to listen, and when it stops. */
export interface StreamHooks {
  onOpen(): void;
  onClose(): void;
}

/**
 * The current state of each key, then each change; it is over when every key has come to its end. For a reader that is slow
 * the latest state of a key takes the place of one that has not been read, so that no more waits than there are keys.
 * Listens from the first read on: a stream that nobody reads, as its reader was refused meanwhile, costs nothing.
 */
export function createStream(watches: Pick<Watches, 'listen'>, keys: readonly StatusKey[], hooks: StreamHooks): Stream {
  const unread = new Map<StatusKey, Answer>();
  const endings = new Map<StatusKey, () => void>();
  let reader: ((result: IteratorResult<Answer, undefined>) => void) | null = null;
  let state: 'new' | 'open' | 'closed' = 'new';

  const listener: WatchListener = {
    onState(key, answer) {
      unread.set(key, answer);
      answerReader();
    },
    onEnd(key) {
      endings.delete(key);
      answerReader();
    },
  };

  function answerReader(): void {
    const result = reader === null ? null : takeNext();
    if (result === null) return;
    const resolve = reader;
    reader = null;
    resolve?.(result);
  }

  /** Null where the reader has to wait. */
  function takeNext(): IteratorResult<Answer, undefined> | null {
    for (const [key, answer] of unread) {
      unread.delete(key);
      return { done: false, value: answer };
    }
    if (endings.size > 0) return null;
    close();
    return { done: true, value: undefined };
  }

  /** May be called again and again: a server closes a stream when its reader leaves, and when it is over. */
  function close(): void {
    const wasOpen = state === 'open';
    state = 'closed';
    if (!wasOpen) return;
    for (const end of endings.values()) end();
    endings.clear();
    unread.clear();
    hooks.onClose();
    answerReader();
  }

  function open(): void {
    state = 'open';
    hooks.onOpen();
    for (const key of new Set(keys)) endings.set(key, watches.listen(key, listener));
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      if (state === 'new') open();
      const result = takeNext();
      if (result !== null) return Promise.resolve(result);
      return new Promise((resolve) => {
        reader = resolve;
      });
    },
    async return() {
      close();
      return { done: true, value: undefined };
    },
  };
}
