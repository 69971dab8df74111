import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import { type MonotonicClock, monotonicNow } from '../monotonic-clock.ts';
import type { ReadObserver } from '../statuses/read-observer.ts';
import type { Statuses } from '../statuses/statuses.ts';
import { createPollers } from './pollers.ts';
import { Stream, type StreamOptions } from './stream.ts';
import { createTurns } from './turns.ts';

/** Options of {@link createLive}. */
export interface LiveOptions {
  readonly statuses: Pick<Statuses, 'poll' | 'onChange'>;
  /** Counts the reads and requests of the pollers. @default counts nothing */
  readonly observer?: ReadObserver;
  /** Minimum polling interval; milliseconds. */
  readonly intervalMs: number;
  /** Subscriptions open at once. */
  readonly maxStreams: number;
  /** Clock for durations. @default `monotonicNow` */
  readonly now?: MonotonicClock;
  /** From 0 up to 1; sets the polls of this process apart from those of others. @default Math.random */
  readonly random?: () => number;
}

/** Live updates of statuses, for subscriptions. */
export interface Live {
  /** The current state of each key, then each change; null where `maxStreams` are open. */
  updates<Value extends BsgValue>(keys: readonly StatusKey<Value>[]): Stream<Value> | null;
  /** Keys that are polled. */
  readonly pollerCount: number;
  /** Subscriptions that are open. */
  readonly streamCount: number;
  /** Stops all pollers; open streams receive nothing more. */
  dispose(): void;
}

/** One poller per key, however many streams it is in. */
export function createLive(options: LiveOptions): Live {
  const { statuses, observer, intervalMs, maxStreams, now = monotonicNow, random = Math.random } = options;
  const pollers = createPollers({
    // A poller reads for all its listeners, so it is part of no one's trace.
    poll: (key) => context.with(ROOT_CONTEXT, () => statuses.poll(key, observer)),
    intervalMs,
    now,
    random,
  });
  let streamCount = 0;
  const streams: StreamOptions = {
    pollers,
    turns: createTurns(),
    onOpen: () => {
      streamCount++;
    },
    onClose: () => {
      streamCount--;
    },
  };
  statuses.onChange(pollers.onChange);

  return {
    updates(keys) {
      return streamCount < maxStreams ? new Stream(keys, streams) : null;
    },
    get pollerCount() {
      return pollers.size;
    },
    get streamCount() {
      return streamCount;
    },
    dispose: pollers.dispose,
  };
}
