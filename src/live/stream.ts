import type { BsgFailure } from '../bsg/failure.ts';
import { asRequested, type BsgValue, type StatusKey } from '../bsg/resource.ts';
import type { Pollers, PollListener } from './pollers.ts';

/** The states of one subscription, as they come. */
export type Stream<Value extends BsgValue = BsgValue> = AsyncIterableIterator<Value | BsgFailure, undefined>;

/** Called when a stream begins to listen, and when it stops. */
export interface StreamHooks {
  onOpen(): void;
  onClose(): void;
}

/**
 * The current state of each key, then each change; complete when every key has come to its end. For a slow reader the
 * latest state of a key replaces an unread one, so that never more states wait than there are keys. It listens from the
 * first read on: a stream that nobody reads, as its subscriber was refused meanwhile, costs nothing.
 */
export function createStream<Value extends BsgValue>(
  pollers: Pick<Pollers, 'listen'>,
  keys: readonly StatusKey<Value>[],
  hooks: StreamHooks,
): Stream<Value> {
  const unread = new Map<string, Value | BsgFailure>();
  const keyByText = new Map(keys.map((key) => [key.text, key]));
  const unlisteners = new Map<string, () => void>();
  /** Keys at their end. They are listened to all the same: a delivery report may correct a final status. */
  const ended = new Set<string>();
  let resolveRead: ((result: IteratorResult<Value | BsgFailure, undefined>) => void) | null = null;
  let state: 'new' | 'open' | 'closed' = 'new';

  const listener: PollListener<Value> = {
    onState(key, result) {
      // One poller serves all spellings of an id.
      unread.set(key.text, asRequested(result, keyByText.get(key.text) ?? key));
      ended.delete(key.text);
      answerRead();
    },
    onEnd({ text }) {
      ended.add(text);
      answerRead();
    },
  };

  function answerRead(): void {
    const result = resolveRead === null ? null : takeNext();
    if (result === null) return;
    const resolve = resolveRead;
    resolveRead = null;
    resolve?.(result);
  }

  /** Null where the reader has to wait. */
  function takeNext(): IteratorResult<Value | BsgFailure, undefined> | null {
    for (const [text, value] of unread) {
      unread.delete(text);
      return { done: false, value };
    }
    if (ended.size < unlisteners.size) return null;
    close();
    return { done: true, value: undefined };
  }

  /** May be called repeatedly: a server closes a stream when its subscriber leaves, and when it is complete. */
  function close(): void {
    const wasOpen = state === 'open';
    state = 'closed';
    if (!wasOpen) return;
    for (const unlisten of unlisteners.values()) unlisten();
    unlisteners.clear();
    unread.clear();
    hooks.onClose();
    answerRead();
  }

  function open(): void {
    state = 'open';
    hooks.onOpen();
    for (const key of keyByText.values()) {
      unlisteners.set(key.text, pollers.listen(key, listener));
    }
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
        resolveRead = resolve;
      });
    },
    async return() {
      close();
      return { done: true, value: undefined };
    },
  };
}
