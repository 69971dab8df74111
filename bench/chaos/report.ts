/** The report of a run, as a table for the documentation. */
import { availableParallelism, loadavg } from 'node:os';
import type { Disturbances } from './disturbances.ts';
import type { Tally } from './tally.ts';
import type { ChaoticUpstream } from './upstream.ts';

/** What a run has to report. */
export interface Run {
  readonly seed: number;
  readonly seconds: number;
  readonly upstream: Pick<ChaoticUpstream, 'requests' | 'injected'>;
  readonly tally: Tally;
  readonly counts: Disturbances;
  /** Resident memory of the instance that is never killed, after the first load and at the end; MB. */
  readonly memoryAtStart: number;
  readonly memoryAtEnd: number;
}

/** Whether anything happened that is promised not to happen; a step back without Redis is not promised. */
export function hasBrokenPromises({ findings }: Tally): boolean {
  const { stepsBackWithoutRedis, ...promised } = findings;
  return Object.values(promised).some((count) => count > 0);
}

/** Prints the table, and the first examples of what should not have happened. */
export function report({ seed, seconds, upstream, tally, counts, memoryAtStart, memoryAtEnd }: Run): void {
  const { findings } = tally;
  const injected = [...upstream.injected.values()];
  const faults = injected.reduce((sum, count) => sum + count, 0);
  const rows: readonly (readonly [string, string | number])[] = [
    ['requests', tally.requests],
    ['statuses in their answers', tally.statuses],
    ['of these stale, while BSG failed', tally.stale],
    ['failures, while BSG failed', tally.failures],
    ['events of subscriptions', tally.events],
    ['delivery reports', tally.reports],
    ['requests to BSG', upstream.requests],
    [
      'faults',
      `${faults.toLocaleString('en')} of ${injected.length} kinds, each at least ${Math.min(...injected)} times`,
    ],
    ['instances killed, stopped', `${counts.kills}, ${counts.stops}`],
    ['Redis killed, stopped', `${counts.redisKills}, ${counts.redisStops}`],
    ['requests that another instance had to answer', tally.failedOver],
    ['**wrong**', findings.wrong],
    ['**lost**', findings.lost],
    ['**late**', findings.late],
    ['**outdated**', findings.outdated],
    ['**missed** final events', findings.missed],
    ['**steps back**', findings.stepsBack],
    ['steps back while Redis was down', findings.stepsBackWithoutRedis],
    ['memory at start, at end', `${memoryAtStart.toFixed(0)} MB, ${memoryAtEnd.toFixed(0)} MB`],
    // A busy machine makes answers late.
    ['load of the machine at the end', `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`],
  ];
  print(`| ${seconds} seconds, seed ${seed}, Node ${process.versions.node} | |\n| --- | --- |`);
  for (const [name, value] of rows) print(`| ${name} | ${value.toLocaleString('en')} |`);
  for (const example of tally.examples) process.stderr.write(`${example}\n`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
