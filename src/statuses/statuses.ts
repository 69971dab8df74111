import { setTimeout as pause } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Answer } from '../bsg/answer.ts';
import type { Campaign } from '../bsg/campaign.ts';
import type { BsgClient } from '../bsg/client.ts';
import type { BsgFailure } from '../bsg/failure.ts';
import { faultOfId, faultOfReference, faultOfTaskId } from '../bsg/keys.ts';
import type { Sms } from '../bsg/sms.ts';
import type { Breaker } from './breaker.ts';
import { type Entry, entryOf } from './entry.ts';
import type { FreshnessRules } from './freshness.ts';
import type { SharedCache } from './shared-cache.ts';

/** What the road to a status is made of. */
export interface StatusesOptions {
  readonly client: Pick<BsgClient, 'smsById' | 'smsByReference' | 'campaign'>;
  readonly rules: FreshnessRules;
  /** Entries in memory, at the most; those not asked for longest go first. A message takes two: by id and by reference. */
  readonly maxEntries: number;
  readonly breaker: Breaker;
  readonly shared: SharedCache;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
}

/** The one way to a status. Failures are values: no call rejects but on a bug. */
export interface Statuses {
  smsById(id: string): Promise<Sms | BsgFailure>;
  smsByReference(reference: string): Promise<Sms | BsgFailure>;
  campaign(taskId: string): Promise<Campaign | BsgFailure>;
}

/** How often to look whether another instance that asks BSG has its answer. */
const LOOK_AGAIN_MS = 25;

/**
 * Answers from memory while an answer is fresh, then from what other instances know, and then from BSG: once, however many
 * ask, here or on another instance. Where BSG does not answer, a known status stands in for a while.
 */
export function createStatuses({ client, rules, maxEntries, breaker, shared, now }: StatusesOptions): Statuses {
  const memory = new LRUCache<string, Entry>({ max: maxEntries });
  const underWay = new Map<string, Promise<Answer>>();

  shared.onNews((key, entry) => {
    if (entry === null) memory.delete(key);
    else if (memory.has(key)) memory.set(key, entry);
  });

  const isFresh = (entry: Entry) => now() < entry.freshUntilMs;

  async function read(key: string, subject: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = memory.get(key) ?? null;
    if (known !== null && isFresh(known)) return known.answer;
    const running = underWay.get(key) ?? refresh(key, subject, ask, known).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  }

  async function refresh(key: string, subject: string, ask: () => Promise<Answer>, inMemory: Entry | null) {
    const known = await hearOrClaim(key, inMemory);
    if (known !== null && isFresh(known)) return known.answer;

    const answer = await breaker.ask(subject, ask);
    learn(key, answer);
    return isUnavailable(answer) && known !== null && now() < known.staleUntilMs ? known.answer : answer;
  }

  /** Waits until another instance has a fresh answer, or until it is for this one to ask; then it returns what is known. */
  async function hearOrClaim(key: string, inMemory: Entry | null): Promise<Entry | null> {
    // Looks once more when it may ask: another instance may just have learned it, and ended its claim.
    for (let isOurs = false; ; isOurs = await claim(key)) {
      const known = newer(inMemory, await shared.get(key));
      if (known !== null && isFresh(known)) {
        memory.set(key, known);
        if (isOurs) shared.release(key, null, []);
        return known;
      }
      if (isOurs) return known;
    }
  }

  async function claim(key: string): Promise<boolean> {
    const isOurs = await shared.claim(key);
    if (!isOurs) await pause(LOOK_AGAIN_MS);
    return isOurs;
  }

  function learn(key: string, answer: Answer): void {
    const entry = entryOf(answer, rules, now());
    const keys = keysOf(key, answer);
    if (entry !== null) for (const each of keys) memory.set(each, entry);
    shared.release(key, entry, keys);
  }

  // The client checks its keys as well; here it keeps whatever is no key out of the caches.
  return {
    smsById: async (id) => faultOfId(id) ?? smsOf(await read(smsKey(id), id, () => client.smsById(id))),
    smsByReference: async (reference) =>
      faultOfReference(reference) ??
      smsOf(await read(referenceKey(reference), reference, () => client.smsByReference(reference))),
    campaign: async (taskId) =>
      faultOfTaskId(taskId) ?? campaignOf(await read(`task:${taskId}`, taskId, () => client.campaign(taskId))),
  };
}

/** A message is known by both of its keys, whichever it was asked for by. */
function keysOf(askedKey: string, answer: Answer): readonly string[] {
  if (answer.kind !== 'sms') return [askedKey];
  const keys = [askedKey, smsKey(answer.id)];
  return [...new Set(answer.reference === null ? keys : [...keys, referenceKey(answer.reference)])];
}

function smsKey(id: string): string {
  return `sms:${id}`;
}

function referenceKey(reference: string): string {
  return `ref:${reference}`;
}

function newer(a: Entry | null, b: Entry | null): Entry | null {
  return a !== null && b !== null ? (a.freshUntilMs >= b.freshUntilMs ? a : b) : (a ?? b);
}

function isUnavailable(answer: Answer): boolean {
  return answer.kind === 'failure' && answer.group === 'unavailable';
}

/** Under the key of a message no campaign is ever kept, nor the other way round. */
function smsOf(answer: Answer): Sms | BsgFailure {
  if (answer.kind === 'campaign') throw new Error(`A campaign is kept in the place of an SMS: ${answer.taskId}.`);
  return answer;
}

function campaignOf(answer: Answer): Campaign | BsgFailure {
  if (answer.kind === 'sms') throw new Error(`An SMS is kept in the place of a campaign: ${answer.id}.`);
  return answer;
}
