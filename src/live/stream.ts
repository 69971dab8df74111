import type { BsgFailure } from '../bsg/failure.ts';
import { asRequested, type BsgValue, type StatusKey } from '../bsg/resource.ts';
import type { Pollers, PollListener } from './pollers.ts';

/** Called when a stream begins to listen, and when it stops. */
export interface StreamHooks {
  onOpen(): void;
  onClose(): void;
}

type Read<Value extends BsgValue> = IteratorResult<Value | BsgFailure, undefined>;

/**
 * The states of one subscription: the current state of each key, then each change; complete when every key has come to its
 * end. For a slow reader the latest state of a key replaces an unread one, which bounds the buffer to one state per key.
 * It listens from the first read on: a stream that is never read, as its subscriber was refused meanwhile, costs nothing.
 */
export class Stream<Value extends BsgValue = BsgValue>
  implements AsyncIterableIterator<Value | BsgFailure, undefined>, PollListener<Value>
{
  readonly #pollers: Pick<Pollers, 'listen'>;
  readonly #keys: ReadonlyMap<string, StatusKey<Value>>;
  readonly #hooks: StreamHooks;
  readonly #unread = new Map<string, Value | BsgFailure>();
  readonly #unlisteners = new Map<string, () => void>();
  /** Keys at their end. They are listened to all the same: a delivery report may correct a final status. */
  readonly #ended = new Set<string>();
  #resolveRead: ((read: Read<Value>) => void) | null = null;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(pollers: Pick<Pollers, 'listen'>, keys: readonly StatusKey<Value>[], hooks: StreamHooks) {
    this.#pollers = pollers;
    this.#keys = new Map(keys.map((key) => [key.text, key]));
    this.#hooks = hooks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Read<Value>> {
    if (this.#state === 'new') this.#open();
    const read = this.#takeNext();
    if (read !== null) return Promise.resolve(read);
    return new Promise((resolve) => {
      this.#resolveRead = resolve;
    });
  }

  /** May be called repeatedly: a server does so when the subscriber leaves, and when the stream is complete. */
  async return(): Promise<Read<Value>> {
    this.#close();
    return { done: true, value: undefined };
  }

  onState(key: StatusKey<Value>, result: Value | BsgFailure): void {
    // One poller serves all spellings of an id.
    this.#unread.set(key.text, asRequested(result, this.#keys.get(key.text) ?? key));
    this.#ended.delete(key.text);
    this.#answerRead();
  }

  onEnd({ text }: StatusKey<Value>): void {
    this.#ended.add(text);
    this.#answerRead();
  }

  #open(): void {
    this.#state = 'open';
    this.#hooks.onOpen();
    for (const key of this.#keys.values()) this.#unlisteners.set(key.text, this.#pollers.listen(key, this));
  }

  #answerRead(): void {
    const read = this.#resolveRead === null ? null : this.#takeNext();
    if (read === null) return;
    const resolve = this.#resolveRead;
    this.#resolveRead = null;
    resolve?.(read);
  }

  /** Null where the reader has to wait. */
  #takeNext(): Read<Value> | null {
    for (const [text, value] of this.#unread) {
      this.#unread.delete(text);
      return { done: false, value };
    }
    if (this.#ended.size < this.#unlisteners.size) return null;
    this.#close();
    return { done: true, value: undefined };
  }

  #close(): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    if (!wasOpen) return;
    for (const unlisten of this.#unlisteners.values()) unlisten();
    this.#unlisteners.clear();
    this.#unread.clear();
    this.#hooks.onClose();
    this.#answerRead();
  }
}
