import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { RequestObserver } from '../bsg/observer.ts';
import type { StatusKey } from '../statuses/status-key.ts';
import type { Statuses } from '../statuses/statuses.ts';
import { createStream, type Stream } from './streams.ts';
import { createWatches } from './watches.ts';

/** What being told is made of. */
export interface LiveOptions {
  readonly statuses: Pick<Statuses, 'look' | 'onNews'>;
  /** For whom the watches look. */
  readonly observer?: RequestObserver;
  /** The shortest time between two looks at a message; milliseconds. */
  readonly intervalMs: number;
  /** Streams open at once. */
  readonly maxStreams: number;
  /** The clock; milliseconds since 1970. Default: the system's. */
  readonly now?: () => number;
  /** From 0 up to 1; spreads the looks. Default: `Math.random`. */
  readonly random?: () => number;
}

/** Tells what changes, for as long as anyone listens. */
export interface Live {
  /** The current state of each key, then each change; null where as many streams are open as may be. */
  updates(keys: readonly StatusKey[]): Stream | null;
  /** Keys that someone listens to. */
  readonly watchCount: number;
  /** Streams that are open. */
  readonly streamCount: number;
  /** Ends all watches; streams that are still open are told nothing more. */
  dispose(): void;
}

/** One watch a key, however many streams it is in. */
export function createLive(options: LiveOptions): Live {
  const { statuses, observer, intervalMs, maxStreams, now = Date.now, random = Math.random } = options;
  const watches = createWatches({
    // A watch looks for all that listen, so it is part of no one's trace.
    look: (key) => context.with(ROOT_CONTEXT, () => statuses.look(key, observer)),
    intervalMs,
    now,
    random,
  });
  let streams = 0;
  statuses.onNews(watches.hear);

  return {
    updates(keys) {
      if (streams >= maxStreams) return null;
      return createStream(watches, keys, {
        onOpen: () => {
          streams++;
        },
        onClose: () => {
          streams--;
        },
      });
    },
    get watchCount() {
      return watches.size;
    },
    get streamCount() {
      return streams;
    },
    dispose: watches.dispose,
  };
}
