/** Measures one peer: starts it, checks that it answers correctly, and loads it with one workload after the other. */
import { connect } from './load.mjs';
import { startServer } from './server.mjs';
import { workloads } from './workloads.mjs';

/** What a request to the upstream takes while the latency is measured. */
const UPSTREAM_MS = 50;

const LATENCY_CALLS = 30;

const WARM_UP_STEP_SECONDS = 0.5;

/**
 * Resolves to what each workload that the peer can answer came to, by its key: requests per second, and per second of CPU time;
 * to the latency of a cold batch with a slow upstream in milliseconds; and to the memory at the end in MiB.
 *
 * @param options `seconds` of load for each workload, after so much of the same that it takes the peer `warmUpCpuSeconds`.
 */
export async function measurePeer(peer, { upstream, keys, seconds, warmUpCpuSeconds, logPath }) {
  upstream.offersMassStatus = peer.offersMassStatus;
  const server = await startServer(peer, { upstreamUrl: upstream.url, logPath });
  const load = connect(server.url);
  try {
    for (const key of keys) await load.check(workloads[key].next);
    const results = {};
    for (const key of keys) {
      await warmUp(workloads[key].next, { server, load, cpuSeconds: warmUpCpuSeconds });
      results[key] = await measureWorkload(workloads[key].next, { server, load, seconds });
    }
    if (keys.includes('coldBatch')) results.latencyMs = await measureLatency(upstream, load);
    results.memoryMiB = (await server.usage()).rssBytes / 2 ** 20;
    return results;
  } finally {
    await load.close();
    await server.stop();
  }
}

/** Loads a peer until that has taken so much CPU time, as V8 compiles what has run often, however long it took on a busy machine. */
async function warmUp(next, { server, load, cpuSeconds }) {
  const before = await server.usage();
  do await load.run(next, WARM_UP_STEP_SECONDS);
  while ((await server.usage()).cpuSeconds - before.cpuSeconds < cpuSeconds);
}

/** The requests of a workload per second, and per second of CPU time. */
export async function measureWorkload(next, { server, load, seconds }) {
  const before = await server.usage();
  const run = await load.run(next, seconds);
  const after = await server.usage();
  return { perSecond: run.count / run.seconds, perCpuSecond: run.count / (after.cpuSeconds - before.cpuSeconds) };
}

/** The median of a cold batch over an upstream that is slow; milliseconds. */
export async function measureLatency(upstream, load, calls = LATENCY_CALLS) {
  upstream.delayMs = UPSTREAM_MS;
  const latencies = await load.latencies(workloads.coldBatch.next, calls);
  upstream.delayMs = 0;
  return median(latencies);
}

/** The middle one; of an even number the upper of the two. */
export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
