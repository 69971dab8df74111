/** What happens to the programs and to BSG during a run. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Program } from './programs.ts';
import type { Random } from './random.ts';
import type { ChaoticUpstream } from './upstream.ts';

/** How often each thing happened. */
export interface Disturbances {
  kills: number;
  stops: number;
  redisKills: number;
  redisStops: number;
}

/** The shares of faults among requests to BSG, one of which lasts for a while: mostly well, failing often, down. */
const FAULT_SHARES = [0.05, 0.1, 0.2, 0.4, 1];

/** Changes how often BSG fails every few seconds, until the run is over; then it is well. */
export async function disturbUpstream(upstream: ChaoticUpstream, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    upstream.faultShare = random.pick(FAULT_SHARES);
    await pause(random.between(2_000, 5_000));
  }
  upstream.faultShare = 0;
}

/** Kills and stops one instance at a time. The first one is never killed, so that its memory tells of the whole run. */
export async function disturbServers(
  servers: readonly Program[],
  random: Random,
  isOver: () => boolean,
  counts: Disturbances,
): Promise<void> {
  for (;;) {
    await pause(random.between(1_500, 4_000));
    if (isOver()) return;
    if (random.next() < 0.5) {
      counts.kills++;
      await crash(random.pick(servers.slice(1)), random);
    } else {
      counts.stops++;
      await hang(random.pick(servers), random);
    }
  }
}

/** Kills Redis, or makes it hang, every now and then. */
export async function disturbRedis(
  redis: Program,
  random: Random,
  isOver: () => boolean,
  counts: Disturbances,
): Promise<void> {
  for (;;) {
    await pause(random.between(3_000, 8_000));
    if (isOver()) return;
    if (random.next() < 0.6) {
      counts.redisKills++;
      await crash(redis, random);
    } else {
      counts.redisStops++;
      await hang(redis, random);
    }
  }
}

async function crash(program: Program, random: Random): Promise<void> {
  await program.kill();
  await pause(random.between(0, 1_500));
  await program.start();
}

async function hang(program: Program, random: Random): Promise<void> {
  program.stop();
  await pause(random.between(300, 3_000));
  program.continue();
}
