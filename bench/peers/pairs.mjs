/**
 * Compares the two servers of each target side by side, and prints the table of targets. Both run, and are loaded in turns of a
 * fraction of a second: where the machine changes its speed meanwhile, it does so for both. Needs the built server.
 *
 * @example npm run pairs --prefix bench/peers
 * @example npm run pairs --prefix bench/peers -- --turns 5 --warm-up 1 --workloads hot,cold
 */
import { devNull } from 'node:os';
import { parseArgs } from 'node:util';
import { connect } from './load.mjs';
import { measureLatency, measureWorkload, median } from './measure.mjs';
import { assertBuilt, peers } from './peers.mjs';
import { leaveCoreToPeers, startServer } from './server.mjs';
import { TARGETS, tableOfTargets } from './tables.mjs';
import { startUpstream } from './upstream.mjs';
import { workloads } from './workloads.mjs';

const { values } = parseArgs({
  options: {
    /** How often each of the two has its turn, and again after both were started anew in the other order. */
    turns: { type: 'string', default: '15' },
    /** Of load in each turn. */
    seconds: { type: 'string', default: '0.3' },
    /** Seconds of CPU time that each server has used before, its start included. */
    'warm-up': { type: 'string', default: '15' },
    /** Keys of those to measure. */
    workloads: { type: 'string', default: [...Object.keys(workloads), 'latency'].join(',') },
  },
});
const LATENCY_CALLS_PER_TURN = 3;

assertBuilt();
leaveCoreToPeers();
const upstream = await startUpstream();
const keys = values.workloads.split(',');
const ratios = new Map();
for (const target of TARGETS) {
  const [ours, peer, key] = target;
  if (!keys.includes(key) || !(peer in peers)) continue;
  process.stderr.write(`${key}: ${peers[ours].name} / ${peers[peer].name}\n`);
  ratios.set(target, await ratioOf(peers[ours], peers[peer], key));
}
upstream.close();
process.stdout.write(tableOfTargets((target) => ratios.get(target)));

/** Of two equal servers the one that was started first differs from the other, by up to a fifth: the mean of both orders counts. */
async function ratioOf(ours, peer, key) {
  return Math.sqrt((await medianRatio([ours, peer], key)) / (await medianRatio([peer, ours], key)));
}

/** The median of the ratios of the first to the second in all turns. */
async function medianRatio(pair, key) {
  const { next } = workloads[key === 'latency' ? 'coldBatch' : key];
  const running = [];
  try {
    for (const peer of pair) running.push(await start(peer));
    for (const one of running) await check(one, next);
    await warmUpInTurns(running, next);
    const ratios = [];
    for (let turn = 0; turn < Number(values.turns); turn++) {
      // Who is first changes, as the first one would always find the machine as the second one left it.
      const order = turn % 2 === 0 ? [0, 1] : [1, 0];
      const measured = [];
      for (const i of order) measured[i] = await measure(running[i], next, key);
      ratios.push(measured[0] / measured[1]);
    }
    return median(ratios);
  } finally {
    for (const { load, server } of running) {
      await load.close();
      await server.stop();
    }
  }
}

async function start(peer) {
  const server = await startServer(peer, { upstreamUrl: upstream.url, logPath: devNull });
  return { peer, server, load: connect(server.url) };
}

/** Checks that a peer answers correctly. */
async function check({ peer, load }, next) {
  upstream.offersMassStatus = peer.offersMassStatus;
  await load.check(next);
}

/** In turns as well: V8 throws code away that has not run for some seconds. */
async function warmUpInTurns(running, next) {
  let leastUsed = 0;
  while (leastUsed < Number(values['warm-up'])) {
    for (const { peer, load } of running) {
      upstream.offersMassStatus = peer.offersMassStatus;
      await load.run(next, Number(values.seconds));
    }
    const usages = await Promise.all(running.map(({ server }) => server.usage()));
    leastUsed = Math.min(...usages.map(({ cpuSeconds }) => cpuSeconds));
  }
}

async function measure({ peer, server, load }, next, key) {
  upstream.offersMassStatus = peer.offersMassStatus;
  if (key === 'latency') return measureLatency(upstream, load, LATENCY_CALLS_PER_TURN);
  return (await measureWorkload(next, { server, load, seconds: Number(values.seconds) })).perCpuSecond;
}
