import { setTimeout as pause } from 'node:timers/promises';
import { type Span, trace } from '@opentelemetry/api';
import { LRUCache } from 'lru-cache';
import { type Answer, isUnavailable } from '../bsg/answer.ts';
import type { Campaign } from '../bsg/campaign.ts';
import type { BsgClient } from '../bsg/client.ts';
import { type BsgFailure, failure } from '../bsg/failure.ts';
import { noObserver, type RequestObserver, type Tier } from '../bsg/observer.ts';
import type { Sms } from '../bsg/sms.ts';
import type { Breaker } from './breaker.ts';
import { adopt, type Entry, entryOf, isFinal, newerOf } from './entry.ts';
import type { FreshnessRules } from './freshness.ts';
import type { SharedCache } from './shared-cache.ts';
import { faultOfKey, keysOf, referenceKey, type StatusKey, smsKey, subjectOf, taskKey } from './status-key.ts';

/** What the road to a status is made of. */
export interface StatusesOptions {
  readonly client: Pick<BsgClient, 'smsById' | 'smsByReference' | 'campaign'>;
  readonly rules: FreshnessRules;
  /** Entries in memory, at the most; those not asked for longest go first. A message takes two: by id and by reference. */
  readonly maxEntries: number;
  readonly breaker: Breaker;
  readonly shared: SharedCache;
  /** How long another instance may take to ask BSG before its answer is not waited for any more; milliseconds. */
  readonly waitMs: number;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
}

/** The one way to a status. Failures are values: no call rejects but on a bug. */
export interface Statuses {
  smsById(id: string, observer?: RequestObserver): Promise<Sms | BsgFailure>;
  smsByReference(reference: string, observer?: RequestObserver): Promise<Sms | BsgFailure>;
  campaign(taskId: string, observer?: RequestObserver): Promise<Campaign | BsgFailure>;
  /** As the above by any key, but without a stand-in: where BSG is down, it says so. */
  look(key: StatusKey, observer?: RequestObserver): Promise<Answer>;
  /** Makes every instance ask anew for what may have changed; a final status stays, as it cannot change. */
  forget(keys: readonly StatusKey[]): void;
  /** Tells what is learned of any key, on whichever instance, and null for what is forgotten. One listener at the most. */
  onNews(listener: (key: StatusKey, answer: Answer | null) => void): void;
}

/** What a look-up came to. */
interface Outcome {
  readonly answer: Answer;
  /** What stands in where the answer is that BSG is down; null where nothing does. */
  readonly standIn: Answer | null;
  /** Null where the key is none. */
  readonly tier: Tier | null;
}

/** Whether a key was forgotten since its look-up began. */
interface Mark {
  isOutdated: boolean;
}

/** A look-up that any number of askers wait for. */
interface Run {
  readonly mark: Mark;
  readonly outcome: Promise<Outcome>;
}

const tracer = trace.getTracer('bsg-graphql');

/** How often to look whether another instance that asks BSG has its answer: at first, and after a while. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 200;

/**
 * Answers from memory while an answer is fresh, then from what other instances know, and then from BSG: once, however many
 * ask, here or on another instance. Where BSG does not answer, a known status stands in for a while.
 */
export function createStatuses(options: StatusesOptions): Statuses {
  const { client, rules, maxEntries, breaker, shared, waitMs, now } = options;
  const memory = new LRUCache<StatusKey, Entry>({ max: maxEntries });
  const underWay = new Map<StatusKey, Run>();
  let tellNews: (key: StatusKey, answer: Answer | null) => void = () => {};

  shared.onNews((key, entry) => {
    if (entry === null) return tellForgotten(outdate([key]));
    const known = memory.get(key) ?? null;
    const latest = newerOf(known, adopt(entry, rules, now()));
    if (latest === null || latest === known) return;
    if (known !== null) keep(key, latest);
    tellNews(key, latest.answer);
  });

  const isFresh = (entry: Entry) => now() < entry.freshUntilMs;

  function keep(key: StatusKey, entry: Entry | null): void {
    if (entry !== null) memory.set(key, entry);
  }

  function outcomeOf(answer: Answer, known: Entry | null, tier: Tier): Outcome {
    return { answer, standIn: known !== null && now() < known.staleUntilMs ? known.answer : null, tier };
  }

  async function read(key: StatusKey, observer: RequestObserver): Promise<Outcome> {
    const known = memory.get(key);
    if (known !== undefined && isFresh(known)) return { answer: known.answer, standIn: null, tier: 'memory' };
    // The client checks its keys as well; here it keeps whatever is no key out of the caches.
    const fault = faultOfKey(key);
    if (fault !== null) return { answer: fault, standIn: null, tier: null };
    const run = underWay.get(key);
    return run === undefined
      ? start(key, known ?? null, observer).outcome
      : { ...(await run.outcome), tier: 'coalesced' };
  }

  function start(key: StatusKey, known: Entry | null, observer: RequestObserver): Run {
    const mark = { isOutdated: false };
    const outcome = refresh(key, known, mark, observer).finally(() => {
      if (!mark.isOutdated) underWay.delete(key);
    });
    const run: Run = { mark, outcome };
    underWay.set(key, run);
    return run;
  }

  async function refresh(
    key: StatusKey,
    inMemory: Entry | null,
    mark: Mark,
    observer: RequestObserver,
  ): Promise<Outcome> {
    const refusal = breaker.refusal(subjectOf(key));
    if (refusal !== null) return readWithoutBsg(key, inMemory, refusal);
    const waitUntilMs = now() + waitMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const outcome = await hearOrAsk(key, inMemory, mark, observer, pauseMs > FIRST_PAUSE_MS);
      if (outcome !== null) return outcome;
      if (now() >= waitUntilMs) return outcomeOf(failure('TIMEOUT', subjectOf(key)), inMemory, 'coalesced');
      await pause(pauseMs);
    }
  }

  /** Null while another instance asks. */
  async function hearOrAsk(
    key: StatusKey,
    inMemory: Entry | null,
    mark: Mark,
    observer: RequestObserver,
    hasWaited: boolean,
  ): Promise<Outcome | null> {
    const { mayAsk, entry, outcome } = await shared.claim(key);
    const known = hear(inMemory, entry);
    if (known !== null && isFresh(known)) return give(key, known, mayAsk);
    // Whoever has waited takes what the one that asked was told; whoever comes later asks anew.
    if (hasWaited && outcome !== null) {
      if (mayAsk) shared.release(key, null);
      return outcomeOf(outcome, known, 'coalesced');
    }
    return mayAsk ? askBsg(key, known, mark, observer) : null;
  }

  async function readWithoutBsg(key: StatusKey, inMemory: Entry | null, refusal: BsgFailure): Promise<Outcome> {
    const known = hear(inMemory, await shared.get(key));
    return known !== null && isFresh(known) ? give(key, known, false) : outcomeOf(refusal, known, 'circuit_open');
  }

  function give(key: StatusKey, known: Entry, hasClaim: boolean): Outcome {
    if (hasClaim) shared.release(key, null);
    keep(key, known);
    return { answer: known.answer, standIn: null, tier: 'redis' };
  }

  async function askBsg(key: StatusKey, known: Entry | null, mark: Mark, observer: RequestObserver): Promise<Outcome> {
    const askedAtMs = now();
    let outcome: Answer | null = null;
    try {
      outcome = await breaker.ask(subjectOf(key), known !== null, () => fetchStatus(key, observer));
      return outcomeOf(learn(key, outcome, askedAtMs, mark), known, 'bsg');
    } finally {
      shared.release(key, outcome);
    }
  }

  function fetchStatus(key: StatusKey, observer: RequestObserver): Promise<Answer> {
    const subject = subjectOf(key);
    if (key.startsWith('sms:')) return client.smsById(subject, observer);
    return key.startsWith('ref:') ? client.smsByReference(subject, observer) : client.campaign(subject, observer);
  }

  function hear(known: Entry | null, heard: Entry | null): Entry | null {
    return newerOf(known, heard === null ? null : adopt(heard, rules, now()));
  }

  /** Keeps the answer, unless more is known by now; returns what is known then. */
  function learn(key: StatusKey, answer: Answer, askedAtMs: number, mark: Mark): Answer {
    const learned = entryOf(answer, askedAtMs, rules, now());
    // It may have changed since BSG was asked: whoever asks next is to ask anew.
    if (learned === null || (mark.isOutdated && !isFinal(learned))) return answer;
    const keys = keysOf(key, answer);
    const latest = newerOf(memory.get(key) ?? null, learned) ?? learned;
    for (const each of keys) keep(each, newerOf(memory.get(each) ?? null, latest));
    shared.put(keys, latest);
    for (const each of keys) tellNews(each, latest.answer);
    return latest.answer;
  }

  /** Makes the next asker ask anew; what is known still stands in, and still knows its other key. Returns the keys it is. */
  function outdate(keys: readonly StatusKey[]): readonly StatusKey[] {
    const changing = [...new Set(keys.flatMap(keysKnownWith))].filter((key) => {
      const entry = memory.peek(key);
      return entry === undefined || !isFinal(entry);
    });
    for (const key of changing) {
      const entry = memory.peek(key);
      if (entry !== undefined) memory.set(key, { ...entry, freshUntilMs: 0 });
      const run = underWay.get(key);
      if (run !== undefined) run.mark.isOutdated = true;
      underWay.delete(key);
    }
    return changing;
  }

  function tellForgotten(keys: readonly StatusKey[]): void {
    for (const key of keys) tellNews(key, null);
  }

  function keysKnownWith(key: StatusKey): readonly StatusKey[] {
    const known = memory.get(key);
    return known === undefined ? [key] : keysOf(key, known.answer);
  }

  /** Reads with or without a stand-in, and tells the observer and the trace what answered. */
  function answerOf(key: StatusKey, takesStandIn: boolean, observer: RequestObserver = noObserver): Promise<Answer> {
    return tracer.startActiveSpan('status.read', async (span) => {
      try {
        const { answer, standIn, tier } = await read(key, observer);
        const isStale = takesStandIn && standIn !== null && isUnavailable(answer);
        const given = isStale ? standIn : answer;
        if (tier !== null) tellRead(observer, span, isStale ? 'stale' : tier, given);
        return given;
      } finally {
        span.end();
      }
    });
  }

  return {
    smsById: async (id, observer) => smsOf(await answerOf(smsKey(id), true, observer)),
    smsByReference: async (reference, observer) => smsOf(await answerOf(referenceKey(reference), true, observer)),
    campaign: async (taskId, observer) => campaignOf(await answerOf(taskKey(taskId), true, observer)),
    look: (key, observer) => answerOf(key, false, observer),
    forget(keys) {
      const changing = outdate(keys);
      // First: whoever is told looks at once, and is not to find it there.
      if (changing.length > 0) shared.drop(changing);
      tellForgotten(changing);
    },
    onNews(listener) {
      tellNews = listener;
    },
  };
}

function tellRead(observer: RequestObserver, span: Span, tier: Tier, answer: Answer): void {
  const outcome = answer.kind === 'failure' ? answer.code : 'found';
  observer.onRead(tier, outcome);
  span.setAttributes({ 'bsg.tier': tier, 'bsg.outcome': outcome });
}

/** An answer under the key of a message, where no campaign is ever kept. Throws on a bug. */
export function smsOf(answer: Answer): Sms | BsgFailure {
  if (answer.kind === 'campaign') throw new Error(`A campaign is kept in the place of an SMS: ${answer.taskId}.`);
  return answer;
}

/** An answer under the key of a campaign, where no message is ever kept. Throws on a bug. */
export function campaignOf(answer: Answer): Campaign | BsgFailure {
  if (answer.kind === 'sms') throw new Error(`An SMS is kept in the place of a campaign: ${answer.id}.`);
  return answer;
}
