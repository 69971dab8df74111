import { type BsgFailure, isFailure, isUnavailable } from '../bsg/failure.ts';
import { KeyMap } from '../bsg/key-map.ts';
import type { BsgValue, StatusKey } from '../bsg/resource.ts';
import { addMs, type MonotonicClock, type MonotonicMs } from '../monotonic-clock.ts';
import { pollingDelayMs } from './polling-delay.ts';
import { createPollingSchedule, type PollingSchedule } from './polling-schedule.ts';

/** Options of {@link createPollers}. */
export interface PollersOptions {
  /** Reads a status; rejects only on a bug. */
  readonly poll: (key: StatusKey) => Promise<BsgValue | BsgFailure>;
  /** Minimum polling interval; milliseconds. */
  readonly intervalMs: number;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** From 0 up to 1; sets the polls of this process apart from those of others. */
  readonly random: () => number;
}

/** Receives the states of one key. */
export interface PollListener<Value extends BsgValue = BsgValue> {
  /** The current state first, then each change. */
  onState(key: StatusKey<Value>, state: Value | BsgFailure): void;
  /** The last state is final, or nothing has that key: only a delivery report can still change it. */
  onEnd(key: StatusKey<Value>): void;
}

/** One poller per key, however many listen. */
export interface Pollers {
  /** Begins to listen. */
  listen<Value extends BsgValue>(key: StatusKey<Value>, listener: PollListener<Value>): void;
  /** Ends it; without listeners a poller stops. */
  unlisten<Value extends BsgValue>(key: StatusKey<Value>, listener: PollListener<Value>): void;
  /** Hands a result from the change feed to the key's poller, if there is one; null: invalidated, so poll now. */
  onChange(key: StatusKey, result: BsgValue | BsgFailure | null): void;
  /** Keys that are polled; those at their end are not. */
  readonly size: number;
  /** Stops all pollers; their listeners receive nothing more. */
  dispose(): void;
}

/** Polls keys for as long as anyone listens: together, and less often the longer nothing changes. */
export function createPollers(options: PollersOptions): Pollers {
  const schedule = createPollingSchedule(options);
  const pollers = new KeyMap<Poller>();
  return {
    listen(key, listener) {
      const poller = pollers.get(key) ?? new Poller(key, { ...options, schedule }, () => pollers.delete(key));
      pollers.set(key, poller);
      poller.listen(listener);
    },
    unlisten: (key, listener) => pollers.get(key)?.unlisten(listener),
    onChange: (key, result) => pollers.get(key)?.onChange(result),
    get size() {
      return pollers.values().filter(({ isEnded }) => !isEnded).length;
    },
    dispose() {
      for (const poller of pollers.values()) poller.stop();
    },
  };
}

/** Options of a {@link Poller}. */
interface PollerOptions extends PollersOptions {
  readonly schedule: PollingSchedule;
}

class Poller {
  readonly #key: StatusKey;
  readonly #options: PollerOptions;
  readonly #onStop: () => void;
  readonly #listeners = new Set<PollListener>();
  #latest: BsgValue | BsgFailure | null = null;
  #changedAtMs: MonotonicMs;
  #polledAtMs: MonotonicMs;
  #cancelNextPoll: () => void = () => {};
  #isPolling = false;
  /** The key was invalidated while a poll was in flight, which may have been too early to see the change. */
  #isInvalidated = false;
  #isStopped = false;
  #isEnded = false;

  constructor(key: StatusKey, options: PollerOptions, onStop: () => void) {
    this.#key = key;
    this.#options = options;
    this.#onStop = onStop;
    this.#changedAtMs = options.now();
    this.#polledAtMs = this.#changedAtMs;
  }

  /** Whether it polls no more, and only receives changes. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  listen(listener: PollListener): void {
    this.#listeners.add(listener);
    if (this.#latest !== null) listener.onState(this.#key, this.#latest);
    this.#poll();
  }

  unlisten(listener: PollListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.stop();
  }

  onChange(result: BsgValue | BsgFailure | null): void {
    if (result === null) {
      this.#isInvalidated = this.#isPolling;
      this.#poll();
    } else if (!this.#isPolling) {
      this.#cancelNextPoll();
      this.#polledAtMs = this.#options.now();
      this.#receive(result);
    }
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#cancelNextPoll();
    this.#onStop();
  }

  #poll(atMs = this.#options.now()): void {
    if (this.#isPolling || this.#isStopped) return;
    this.#isPolling = true;
    this.#polledAtMs = atMs;
    this.#cancelNextPoll();
    const finish = (next: () => void) => {
      this.#isPolling = false;
      if (!this.#isStopped) next();
    };
    // A poll that rejects is a bug: the listeners receive nothing, and the next poll may succeed.
    void this.#options.poll(this.#key).then(
      (result) => finish(() => this.#receive(result)),
      () => finish(() => this.#pollLater()),
    );
  }

  #receive(result: BsgValue | BsgFailure): void {
    if (this.#latest === null || !isSameState(this.#key, this.#latest, result)) {
      this.#latest = result;
      // An outage is not a change of the message, and no reason to poll more often.
      if (!isFailure(result)) this.#changedAtMs = this.#options.now();
      for (const listener of this.#listeners) listener.onState(this.#key, result);
    }
    this.#isEnded = isEnd(this.#key, result) && !this.#isInvalidated;
    if (this.#isEnded) for (const listener of this.#listeners) listener.onEnd(this.#key);
    else if (this.#isInvalidated) this.#pollAgain();
    else this.#pollLater();
  }

  #pollAgain(): void {
    this.#isInvalidated = false;
    this.#poll();
  }

  #pollLater(): void {
    const { now, intervalMs, schedule } = this.#options;
    const delayMs = pollingDelayMs(now() - this.#changedAtMs, intervalMs);
    this.#cancelNextPoll = schedule.at(addMs(this.#polledAtMs, delayMs), (tickMs) => this.#poll(tickMs));
  }
}

/** Whether a subscriber would see no difference. An outage is one state, whatever its code. */
function isSameState({ resource }: StatusKey, a: BsgValue | BsgFailure, b: BsgValue | BsgFailure): boolean {
  if (isUnavailable(a) || isUnavailable(b)) return isUnavailable(a) && isUnavailable(b);
  if (isFailure(a) || isFailure(b)) return isFailure(a) && isFailure(b) && a.code === b.code;
  return resource.equals(a, b);
}

function isEnd({ resource }: StatusKey, result: BsgValue | BsgFailure): boolean {
  return isFailure(result)
    ? result.group === 'notFound' || result.group === 'invalidRequest'
    : resource.isFinal(result);
}
