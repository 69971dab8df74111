/**
 * Ends one attempt. It is what node-fetch uses of an `AbortSignal`, for its one listener: an `AbortController` for each attempt,
 * which is hardly ever aborted, would make up a tenth of what a request costs.
 */
export class AttemptSignal {
  aborted = false;
  #listener: (() => void) | null = null;

  /** The signal as node-fetch declares it. */
  get asAbortSignal(): AbortSignal {
    return this as unknown as AbortSignal;
  }

  /** By which node-fetch recognizes a signal. */
  get [Symbol.toStringTag](): string {
    return 'AbortSignal';
  }

  addEventListener(_: 'abort', listener: () => void): void {
    this.#listener = listener;
  }

  removeEventListener(): void {
    this.#listener = null;
  }

  abort(): void {
    this.aborted = true;
    this.#listener?.();
  }
}
