/**
 * Compares bsg-graphql with other GraphQL servers over one fake BSG, and prints the tables of the README. Needs the built server.
 *
 * @example npm start --prefix bench/peers
 * @example npm start --prefix bench/peers -- --rounds 1 --seconds 1 --peers bare,yoga,ours
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measurePeer, median } from './measure.mjs';
import { assertBuilt, peers } from './peers.mjs';
import { leaveCoreToPeers } from './server.mjs';
import { ratioIn, tableOfPeers, tableOfTargets } from './tables.mjs';
import { startUpstream } from './upstream.mjs';
import { workloads } from './workloads.mjs';

const { values } = parseArgs({
  options: {
    /** Each measures every peer once; the median counts. */
    rounds: { type: 'string', default: '3' },
    /** Of load for each workload. */
    seconds: { type: 'string', default: '3' },
    /** Seconds of the server's CPU time that the same load takes first. */
    'warm-up': { type: 'string', default: '15' },
    /** Keys of those to measure. */
    peers: { type: 'string', default: Object.keys(peers).join(',') },
  },
});
const names = values.peers.split(',');
const unknown = names.filter((name) => !(name in peers));
if (unknown.length > 0) throw new Error(`Unknown ${unknown}: expected some of ${Object.keys(peers)}.`);
assertBuilt();

const isPinned = leaveCoreToPeers();
const loadBefore = loadavg()[0];
const folder = await mkdtemp(join(tmpdir(), 'bsg-graphql-peers-'));
const upstream = await startUpstream();
const rounds = [];
try {
  for (let round = 1; round <= Number(values.rounds); round++) rounds.push(await measureAll(round));
} finally {
  upstream.close();
  await rm(folder, { recursive: true });
}
const results = Object.fromEntries(names.map((name) => [name, mediansOf(rounds.map((round) => round[name]))]));
process.stdout.write(`
Node ${process.versions.node}, ${cpus()[0].model}, ${cpus().length} cores${isPinned ? '' : ', not pinned'}; load average ${loadBefore.toFixed(1)} before, ${loadavg()[0].toFixed(1)} after; medians of ${rounds.length} rounds of ${values.seconds} s

${tableOfPeers(results)}
${tableOfTargets((target) => ratioIn(results, target))}`);

async function measureAll(round) {
  const results = {};
  for (const name of names) {
    process.stderr.write(`round ${round}: ${peers[name].name}\n`);
    results[name] = await measurePeer(peers[name], {
      upstream,
      keys: peers[name].keys ?? Object.keys(workloads),
      seconds: Number(values.seconds),
      warmUpCpuSeconds: Number(values['warm-up']),
      logPath: join(folder, `${name}.log`),
    });
  }
  return results;
}

/** The median of every number in results of one shape. */
function mediansOf(results) {
  if (typeof results[0] === 'number') return median(results);
  return Object.fromEntries(
    Object.keys(results[0]).map((key) => [key, mediansOf(results.map((result) => result[key]))]),
  );
}
