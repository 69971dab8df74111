import { type Answer, isUnavailable } from '../bsg/answer.ts';
import { isFinalCampaign } from '../bsg/campaign.ts';
import { isFinalSms } from '../bsg/sms.ts';
import type { StatusKey } from '../statuses/status-key.ts';
import { delayBeforeLookMs } from './delay.ts';

/** What watching is made of. */
export interface WatchesOptions {
  /** Looks a status up; never rejects but on a bug. */
  readonly look: (key: StatusKey) => Promise<Answer>;
  /** The shortest time between two looks; milliseconds. */
  readonly intervalMs: number;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 up to 1; spreads the looks. */
  readonly random: () => number;
}

/** Told of what one key has come to. */
export interface WatchListener {
  /** The current state first, then each change. */
  onState(key: StatusKey, answer: Answer): void;
  /** Nothing more will come: the last state is final, or there is no such thing. */
  onEnd(key: StatusKey): void;
}

/** One watch a key, however many listen. */
export interface Watches {
  /** Begins to listen. Returns the function that ends it; without listeners a watch is gone. */
  listen(key: StatusKey, listener: WatchListener): () => void;
  /** Takes what others learned of the key, where anyone listens; null: it may have changed, so look now. */
  hear(key: StatusKey, answer: Answer | null): void;
  /** Keys that anyone listens to. */
  readonly size: number;
  /** Ends all watches without a word to their listeners. */
  dispose(): void;
}

/** Watches keys for as long as anyone listens: looks again and again, less often the longer nothing changes. */
export function createWatches(options: WatchesOptions): Watches {
  const watches = new Map<StatusKey, Watch>();
  return {
    listen(key, listener) {
      const watch = watches.get(key) ?? new Watch(key, options, () => watches.delete(key));
      watches.set(key, watch);
      return watch.listen(listener);
    },
    hear: (key, answer) => watches.get(key)?.hear(answer),
    get size() {
      return watches.size;
    },
    dispose() {
      for (const watch of [...watches.values()]) watch.stop();
    },
  };
}

class Watch {
  readonly #key: StatusKey;
  readonly #options: WatchesOptions;
  readonly #onStop: () => void;
  readonly #listeners = new Set<WatchListener>();
  #latest: Answer | null = null;
  #changedAtMs: number;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** It may have changed while a look was under way, which may have come too early to see that. */
  #hasNews = false;
  #isStopped = false;

  constructor(key: StatusKey, options: WatchesOptions, onStop: () => void) {
    this.#key = key;
    this.#options = options;
    this.#onStop = onStop;
    this.#changedAtMs = options.now();
  }

  listen(listener: WatchListener): () => void {
    this.#listeners.add(listener);
    if (this.#latest !== null) listener.onState(this.#key, this.#latest);
    this.look();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  hear(answer: Answer | null): void {
    if (answer === null) {
      this.#hasNews = this.#isLooking;
      this.look();
    } else if (!this.#isLooking) {
      clearTimeout(this.#timer);
      this.#take(answer);
    }
  }

  look(): void {
    if (this.#isLooking || this.#isStopped) return;
    this.#isLooking = true;
    clearTimeout(this.#timer);
    const next = (go: () => void) => {
      this.#isLooking = false;
      if (!this.#isStopped) go();
    };
    // A look that rejects is a bug; the next one may do better, and the listeners are not told of it.
    void this.#options.look(this.#key).then(
      (answer) => next(() => this.#take(answer)),
      () => next(() => this.#lookLater()),
    );
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#onStop();
  }

  #take(answer: Answer): void {
    if (this.#latest === null || !looksAlike(this.#latest, answer)) {
      this.#latest = answer;
      // That BSG is down is no change of the message, and no reason to ask it more often.
      if (answer.kind !== 'failure') this.#changedAtMs = this.#options.now();
      for (const listener of this.#listeners) listener.onState(this.#key, answer);
    }
    if (isEnd(answer)) this.#end();
    else if (this.#hasNews) this.#lookAgain();
    else this.#lookLater();
  }

  #lookAgain(): void {
    this.#hasNews = false;
    this.look();
  }

  #end(): void {
    this.stop();
    for (const listener of this.#listeners) listener.onEnd(this.#key);
  }

  #lookLater(): void {
    const { now, intervalMs, random } = this.#options;
    const delayMs = delayBeforeLookMs(now() - this.#changedAtMs, intervalMs, random);
    this.#timer = setTimeout(() => this.look(), delayMs);
  }
}

/** Whether nothing that the schema shows differs, the moment of the answer aside. BSG is down once, whatever it says of it. */
function looksAlike(a: Answer, b: Answer): boolean {
  if (isUnavailable(a) || isUnavailable(b)) return isUnavailable(a) && isUnavailable(b);
  if (a.kind === 'failure' || b.kind === 'failure')
    return a.kind === b.kind && 'code' in a && 'code' in b && a.code === b.code;
  return JSON.stringify({ ...a, fetchedAt: null }) === JSON.stringify({ ...b, fetchedAt: null });
}

function isEnd(answer: Answer): boolean {
  switch (answer.kind) {
    case 'sms':
      return isFinalSms(answer);
    case 'campaign':
      return isFinalCampaign(answer) && answer.sent > 0;
    case 'failure':
      return answer.group === 'notFound' || answer.group === 'invalidRequest';
  }
}
