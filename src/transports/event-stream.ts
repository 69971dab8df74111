import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import { toPublicResult } from './public-result.ts';

/** How the results of a subscription are put in a response. */
export interface EventFormat {
  readonly contentType: string;
  /** Sent at once, as some browsers and proxies wait for the first byte. */
  readonly start: string;
  /** Sent from time to time, so that proxies do not close a quiet stream. */
  readonly heartbeat: string;
  readonly event: (result: FormattedExecutionResult) => string;
  readonly end: string;
}

/** The distinct connections mode of the GraphQL over SSE protocol. */
export const SERVER_SENT_EVENTS: EventFormat = {
  contentType: 'text/event-stream',
  start: ':\n\n',
  heartbeat: ':\n\n',
  event: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
  end: 'event: complete\ndata:\n\n',
};

/** The results of one subscription as the chunks of a response body. */
export class EventStream implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly format: EventFormat;
  readonly #results: AsyncIterator<ExecutionResult>;
  #state: 'new' | 'open' | 'ended' = 'new';

  constructor(results: AsyncIterator<ExecutionResult>, format: EventFormat) {
    this.#results = results;
    this.format = format;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#state === 'ended') return { done: true, value: undefined };
    if (this.#state === 'new') {
      this.#state = 'open';
      return { done: false, value: Buffer.from(this.format.start) };
    }
    const { done, value } = await this.#results.next();
    if (!done) return { done: false, value: Buffer.from(this.format.event(toPublicResult(value))) };
    this.#state = 'ended';
    return { done: false, value: Buffer.from(this.format.end) };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#state = 'ended';
    await this.#results.return?.();
    return { done: true, value: undefined };
  }
}
