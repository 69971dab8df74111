/** BSG's delivery reports about the messages of a run. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './programs.ts';
import type { Random } from './random.ts';
import type { RunOptions } from './run-options.ts';
import { referenceOf } from './truth.ts';

/** The last part of the address for reports. */
export const WEBHOOK_SECRET = 'secret_of_the_chaos';

/** The share of changes that are reported, besides the corrections of final statuses. */
const REPORTED_SHARE = 0.3;
/** How many instances are tried with one report. */
const MAX_TRIES = 5;

/** Sends a report when its message changes, by id or by reference, to a random instance, and again until one accepts it. */
export async function sendReports({ truth, tally, random, servers, signal }: RunOptions): Promise<void> {
  const startMs = Date.now();
  for (const { id, version, atMs } of truth.changes) {
    const isReported = truth.isFinal(version - 1) || random.next() < REPORTED_SHARE;
    if (!isReported || atMs < startMs) continue;
    await pause(Math.max(0, atMs - Date.now()));
    if (signal.aborted) return;
    tally.reports++;
    const key = random.next() < 0.5 ? `id=${id}` : `reference=${referenceOf(id)}`;
    // Not awaited: an instance that hangs delays none of the others.
    void deliver(servers, random, key);
  }
}

async function deliver(servers: readonly Program[], random: Random, key: string): Promise<void> {
  for (let i = 0; i < MAX_TRIES; i++) {
    const { port } = random.pick(servers.filter(({ isUp }) => isUp));
    const url = `http://127.0.0.1:${port}/hooks/bsg/${WEBHOOK_SECRET}?${key}`;
    const isAccepted = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isAccepted) return;
    await pause(500);
  }
}
