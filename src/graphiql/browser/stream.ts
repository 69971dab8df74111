/** The events of one run of a subscription. */
export interface Stream {
  /** `stopped`: by the user. `failed`: refused, or the connection was lost. */
  readonly state: 'open' | 'complete' | 'stopped' | 'failed';
  /** The number of all events. */
  readonly count: number;
  /** The last of them, newest first. */
  readonly events: readonly StreamEvent[];
}

/** One event of a subscription. */
export interface StreamEvent {
  readonly id: number;
  readonly receivedAt: Date;
  readonly result: unknown;
}

const MAX_EVENTS = 200;

/** A stream without events. */
export const NEW_STREAM: Stream = { state: 'open', count: 0, events: [] };

/** The stream with one more event. */
export function withEvent({ state, count, events }: Stream, result: unknown): Stream {
  const event = { id: count + 1, receivedAt: new Date(), result };
  return { state, count: count + 1, events: [event, ...events].slice(0, MAX_EVENTS) };
}
