import type { BsgFailure } from '../bsg/failure.ts';
import { asRequested, type BsgValue, type StatusKey } from '../bsg/resource.ts';
import type { Pollers, PollListener } from './pollers.ts';
import type { Job, Turns } from './turns.ts';

/** What the streams of a process share. */
export interface StreamOptions {
  readonly pollers: Pick<Pollers, 'listen' | 'unlisten'>;
  readonly turns: Turns;
  /** Called when a stream begins to listen. */
  readonly onOpen: () => void;
  /** Called when it stops. */
  readonly onClose: () => void;
}

type Read<Value extends BsgValue> = IteratorResult<Value | BsgFailure, undefined>;

/**
 * The states of one subscription: the current state of each key, then each change; complete when every key has come to its
 * end. For a slow reader the latest state of a key replaces an unread one, which bounds the buffer to one state per key.
 * It listens from the first read on: a stream that is never read, as its subscriber was refused meanwhile, costs nothing.
 */
export class Stream<Value extends BsgValue = BsgValue>
  implements AsyncIterableIterator<Value | BsgFailure, undefined>, PollListener<Value>, Job
{
  readonly #options: StreamOptions;
  readonly #keys: ReadonlyMap<string, StatusKey<Value>>;
  readonly #unread = new Map<string, Value | BsgFailure>();
  /** Keys at their end. They are listened to all the same: a delivery report may correct a final status. */
  readonly #ended = new Set<string>();
  #resolveRead: ((read: Read<Value>) => void) | null = null;
  #state: 'new' | 'open' | 'closed' = 'new';

  constructor(keys: readonly StatusKey<Value>[], options: StreamOptions) {
    this.#keys = new Map(keys.map((key) => [key.text, key]));
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Read<Value>> {
    if (this.#state === 'new') this.#open();
    return new Promise((resolve) => {
      this.#resolveRead = resolve;
      this.#wake();
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
    this.#wake();
  }

  onEnd({ text }: StatusKey<Value>): void {
    this.#ended.add(text);
    this.#wake();
  }

  /** Answers the pending read, in its turn. */
  run(): void {
    const [next] = this.#unread;
    if (next === undefined) {
      if (this.#isComplete) this.#close();
      return;
    }
    const [text, value] = next;
    this.#unread.delete(text);
    this.#answer({ done: false, value });
  }

  get #isComplete(): boolean {
    return this.#ended.size === this.#keys.size;
  }

  #open(): void {
    this.#state = 'open';
    this.#options.onOpen();
    for (const key of this.#keys.values()) this.#options.pollers.listen(key, this);
  }

  #wake(): void {
    if (this.#resolveRead === null) return;
    if (this.#state === 'closed') this.#answer({ done: true, value: undefined });
    else if (this.#unread.size > 0 || this.#isComplete) this.#options.turns.add(this);
  }

  #answer(read: Read<Value>): void {
    const resolve = this.#resolveRead;
    this.#resolveRead = null;
    resolve?.(read);
  }

  #close(): void {
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    if (!wasOpen) return;
    for (const key of this.#keys.values()) this.#options.pollers.unlisten(key, this);
    this.#unread.clear();
    this.#options.onClose();
    this.#answer({ done: true, value: undefined });
  }
}
