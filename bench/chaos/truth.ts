/** The messages of a run: which status each has at each moment. */
import type { Random } from './random.ts';

/** BSG's words in the order in which a message goes through them; the index is the message's version. */
const WORDS: readonly string[] = ['scheduled', 'accepted', 'sent', 'delivered'];

const FIRST_ID = 1_000_000;

/** What is true of the messages; times are milliseconds since 1970. */
export interface Truth {
  readonly ids: readonly string[];
  /** Index into the life of a message: 0 at first, {@link Truth.finalVersion} at last. */
  versionAt(id: string, atMs: number): number;
  readonly finalVersion: number;
  /** The version that has this status, in BSG's words or the schema's; -1 for a status that no message ever has. */
  versionOf(status: string): number;
  /** The message as BSG's API has it. */
  messageAt(id: string, atMs: number): WireMessage | null;
  idOf(reference: string): string;
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
  const changesAtMs = new Map(ids.map((id) => [id, lifeOf(random, startMs, durationMs)]));
  const versionAt = (id: string, atMs: number) =>
    changesAtMs.get(id)?.filter((changeMs) => changeMs <= atMs).length ?? 0;
  return {
    ids,
    versionAt,
    finalVersion: WORDS.length - 1,
    versionOf: (status) => WORDS.indexOf(status.toLowerCase()),
    messageAt(id, atMs) {
      if (!changesAtMs.has(id)) return null;
      const status = WORDS[versionAt(id, atMs)] ?? 'unknown';
      return { id, msisdn: msisdnOf(id), reference: referenceOf(id), status };
    },
    idOf: (reference) => reference.replace('ref_', ''),
  };
}

/** When a message changes: once for each word after the first. */
function lifeOf(random: Random, startMs: number, durationMs: number): readonly number[] {
  let atMs = startMs + random.between(-0.1, 0.55) * durationMs;
  return WORDS.slice(1).map(() => {
    atMs += random.between(0.01, 0.13) * durationMs;
    return atMs;
  });
}
