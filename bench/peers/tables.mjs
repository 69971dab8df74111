/** The results as Markdown tables. */
import { peers } from './peers.mjs';
import { workloads } from './workloads.mjs';

/** Tailcall's requests per second with cold batches, as a share of those of bare node:http: measured once, on another machine. */
const TAILCALL_COLD_BATCH = 501 / 72_600;

/** This server, a peer, the workload, and what their ratio must be at least (of latencies at most) and aims at. */
export const TARGETS = [
  ['ours', 'bare', 'hot', 0.6, 0.85],
  ['oursInfo', 'bare', 'hot', 0.45, 0.65],
  ['ours', 'mercurius', 'hotBatch', 5, 8],
  ['ours', 'yoga', 'cold', 2, 3],
  ['oursOld', 'yoga', 'cold', 1.3, 1.6],
  ['ours', 'yoga', 'coldBatch', 10, 16],
  ['oursOld', 'yoga', 'coldBatch', 1.1, 1.4],
  ['ours', 'yogaMass', 'coldBatch', 1, 1.5],
  ['ours', 'yogaMass', 'cold', 1.5, 2.5],
  ['ours', 'tailcall', 'coldBatch', 1.5, 3],
  ['ours', 'mercurius', 'cold', 1.2, 2],
  ['ours', 'yogaMass', 'latency', 1.03, 1],
  ['oursOld', 'yoga', 'latency', 1, 0.9],
];

/** One row for each peer: requests per second of CPU time as a ratio to bare node:http with one hot id, and in brackets as numbers. */
export function tableOfPeers(results) {
  const keys = Object.keys(workloads);
  const head = ['', ...keys.map((key) => workloads[key].name), 'latency of 50 ids, upstream takes 50 ms', 'memory'];
  const bare = results.bare?.hot.perCpuSecond;
  const rows = Object.entries(results).map(([name, result]) => [
    peers[name].name,
    ...keys.map((key) => (result[key] === undefined ? '' : cellOf(result[key], bare))),
    result.latencyMs === undefined ? '' : `${result.latencyMs.toFixed(1)} ms`,
    `${Math.round(result.memoryMiB)} MiB`,
  ]);
  return table(head, rows);
}

/** One row for each target of which `ratioOf` returns the ratio. */
export function tableOfTargets(ratioOf) {
  const measured = TARGETS.map((target) => [target, ratioOf(target)]).filter(([, ratio]) => ratio !== undefined);
  const rows = measured.map(([[ours, peer, key, must, aim], ratio]) => {
    const isMet = key === 'latency' ? ratio <= must : ratio >= must;
    const name = key === 'latency' ? 'latency of 50 ids' : workloads[key].name;
    const servers = `${peers[ours].name} / ${peers[peer]?.name ?? 'Tailcall, scaled'}`;
    return [`${name}: ${servers}`, ratio.toFixed(2), must, aim, isMet ? 'yes' : 'no'];
  });
  return table(['ratio', 'measured', 'must', 'aim', 'met'], rows);
}

/** The ratio of a target in results of all peers; undefined where one of its two servers was not measured. */
export function ratioIn(results, [ours, peer, key]) {
  const all = { ...results, ...tailcallFrom(results) };
  return ours in all && peer in all ? measureOf(all[ours], key) / measureOf(all[peer], key) : undefined;
}

function tailcallFrom({ bare }) {
  if (bare === undefined) return {};
  return { tailcall: { coldBatch: { perCpuSecond: bare.hot.perCpuSecond * TAILCALL_COLD_BATCH } } };
}

function measureOf(result, key) {
  return key === 'latency' ? result.latencyMs : result[key].perCpuSecond;
}

function cellOf({ perSecond, perCpuSecond }, bare) {
  const ratio = bare === undefined ? '' : `${toThreeDigits(perCpuSecond / bare)} `;
  return `${ratio}(${toInteger(perCpuSecond)}; ${toInteger(perSecond)})`;
}

function toThreeDigits(value) {
  return value.toPrecision(value < 0.1 ? 2 : 3);
}

function toInteger(value) {
  return Math.round(value).toLocaleString('en');
}

function table(head, rows) {
  const alignment = head.map((_, index) => (index === 0 ? '---' : '--:'));
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
