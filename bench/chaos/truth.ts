/** The messages of a run: which status each has at each moment. */
import type { Random } from './random.ts';

/**
 * BSG's words in the order in which a message goes through them; the index is the message's version. Some messages expire, and a
 * late report corrects that; the others skip the word.
 */
const WORDS: readonly string[] = ['scheduled', 'accepted', 'sent', 'expired', 'delivered'];
const EXPIRED = WORDS.indexOf('expired');

/** The share of messages that expire before they are delivered. */
const CORRECTED_SHARE = 0.2;

const FIRST_ID = 1_000_000;

/** What is true of the messages; times are milliseconds since 1970. */
export interface Truth {
  readonly ids: readonly string[];
  /** Index into the life of a message, 0 at first. */
  versionAt(id: string, atMs: number): number;
  /** Whether a version is final: only a delivery report leads to a later one. */
  isFinal(version: number): boolean;
  /** All changes, in the order of their times. */
  readonly changes: readonly Change[];
  /** The version that has this status, in BSG's words or the schema's; -1 for a status that no message ever has. */
  versionOf(status: string): number;
  /** The message as BSG's API has it. */
  messageAt(id: string, atMs: number): WireMessage | null;
  idOf(reference: string): string;
}

/** A message gets a version. */
export interface Change {
  readonly id: string;
  readonly version: number;
  readonly atMs: number;
}

/** A message on the wire. */
export interface WireMessage {
  readonly id: string;
  readonly msisdn: string;
  readonly reference: string;
  readonly status: string;
}

/** The reference of a message. */
export function referenceOf(id: string): string {
  return `ref_${id}`;
}

/** The phone number of a message: no two have the same, so that an answer about another message shows. */
export function msisdnOf(id: string): string {
  return `38097${id}`;
}

/** Lives that begin during the first half of the run and are final at its end. */
export function createTruth(random: Random, count: number, startMs: number, durationMs: number): Truth {
  const ids = Array.from({ length: count }, (_, i) => String(FIRST_ID + i));
  const lives = new Map(ids.map((id) => [id, lifeOf(random, id, startMs, durationMs)]));
  const versionAt = (id: string, atMs: number) =>
    lives.get(id)?.findLast((change) => change.atMs <= atMs)?.version ?? 0;
  return {
    ids,
    versionAt,
    isFinal: (version) => version >= EXPIRED,
    changes: [...lives.values()].flat().toSorted((a, b) => a.atMs - b.atMs),
    versionOf: (status) => WORDS.indexOf(status.toLowerCase()),
    messageAt(id, atMs) {
      if (!lives.has(id)) return null;
      const status = WORDS[versionAt(id, atMs)] ?? 'unknown';
      return { id, msisdn: msisdnOf(id), reference: referenceOf(id), status };
    },
    idOf: (reference) => reference.replace('ref_', ''),
  };
}

/** The changes of one message. */
function lifeOf(random: Random, id: string, startMs: number, durationMs: number): readonly Change[] {
  const isCorrected = random.next() < CORRECTED_SHARE;
  let atMs = startMs + random.between(-0.1, 0.5) * durationMs;
  const changes: Change[] = [];
  for (let version = 1; version < WORDS.length; version++) {
    if (version === EXPIRED && !isCorrected) continue;
    atMs += random.between(0.01, 0.12) * durationMs;
    changes.push({ id, version, atMs });
  }
  return changes;
}
