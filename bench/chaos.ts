/**
 * Three built servers on one Redis, while BSG misbehaves in 27 ways and programs crash and hang: what they answer is checked
 * against the truth. The seed determines what happens; how it interleaves differs from run to run. Exits with 1 where a promise
 * of `docs/reliability.md` was broken.
 *
 * @example npm run build && npm run bench chaos
 * @example npm run bench chaos -- --seconds 20 --seed 7
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createChecker } from './chaos/checker.ts';
import { disturbRedis, disturbServers, disturbUpstream } from './chaos/disturbances.ts';
import { type Program, startRedis, startServer } from './chaos/programs.ts';
import { createRandom } from './chaos/random.ts';
import { read } from './chaos/readers.ts';
import { hasBrokenPromises, type Run, report } from './chaos/report.ts';
import { sendReports, WEBHOOK_SECRET } from './chaos/reports.ts';
import { watch } from './chaos/subscribers.ts';
import { createTally, type Tally } from './chaos/tally.ts';
import { createTruth } from './chaos/truth.ts';
import { startUpstream } from './chaos/upstream.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '80' },
    seed: { type: 'string', default: String(Date.now() % 10_000) },
  },
});
const seed = Number(values.seed);
const durationMs = Number(values.seconds) * 1_000;

const MESSAGES = 1_500;
const READERS = 10;
const SUBSCRIBERS = 30;
const BSG_TIMEOUT_MS = 2_000;
/** The promised bound of a read. */
const MAX_DURATION_MS = BSG_TIMEOUT_MS + 500;
const CACHE_TTL_MS = 1_000;
/** The promised age of a status that can still change and is not stale, and a fetch whose result it shares. */
const MAX_AGE_MS = CACHE_TTL_MS + 250;
/** So many statuses are read before the first fault, as a server that has just started is slow. */
const WARM_UP_STATUSES = 1_000;
/** Without disturbances at the end, so that everything can recover and the last events arrive. */
const CALM_MS = 12_000;

const startMs = Date.now();
const truth = createTruth(createRandom(seed), MESSAGES, startMs, durationMs);
const upstream = await startUpstream(truth, createRandom(seed + 1));
const programs: Program[] = [];
try {
  const run = await runChaos();
  report({ seed, seconds: Math.round((Date.now() - startMs) / 1_000), upstream, ...run });
  process.exitCode = hasBrokenPromises(run.tally) ? 1 : 0;
} finally {
  await Promise.all(programs.map((program) => program.kill()));
  upstream.close();
}

async function runChaos(): Promise<Omit<Run, 'seed' | 'seconds' | 'upstream'>> {
  const redis = await startRedis();
  programs.push(redis);
  const servers = await Promise.all([1, 2, 3].map(() => startServer(environmentOf(redis))));
  programs.push(...servers);
  const tally = createTally();
  const clients = startClients(servers, redis, tally);
  while (tally.statuses < WARM_UP_STATUSES) await pause(100);
  const memoryAtStart = servers[0]?.memoryMB() ?? Number.NaN;
  const counts = { kills: 0, stops: 0, redisKills: 0, redisStops: 0 };
  const calmFromMs = Date.now() + durationMs;
  const isCalm = () => Date.now() > calmFromMs;
  await Promise.all([
    disturbUpstream(upstream, createRandom(seed + 2), isCalm),
    disturbServers(servers, createRandom(seed + 3), isCalm, counts),
    disturbRedis(redis, createRandom(seed + 4), isCalm, counts),
  ]);
  await pause(CALM_MS);
  await clients.end();
  const memoryAtEnd = servers[0]?.memoryMB() ?? Number.NaN;
  return { tally, counts, memoryAtStart, memoryAtEnd };
}

function environmentOf(redis: Program) {
  return {
    BSG_API_KEY: 'live_chaos',
    BSG_BASE_URL: upstream.baseUrl,
    BSG_TIMEOUT_MS: String(BSG_TIMEOUT_MS),
    CACHE_TTL_MS: String(CACHE_TTL_MS),
    LIVE_INTERVAL_MS: '1000',
    RATE_LIMIT: '0',
    WEBHOOK_SECRET,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
  };
}

/** Readers, half of whom move from instance to instance, and subscribers. */
function startClients(servers: readonly Program[], redis: Program, tally: Tally) {
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const wasRedisDownSince = redis.wasDisturbedSince;
  const createWitness = createChecker({
    truth,
    tally,
    timeoutMs: BSG_TIMEOUT_MS,
    maxAgeMs: MAX_AGE_MS,
    wasRedisDownSince,
  });
  const common = { truth, tally, servers, createWitness, signal: ending.signal };
  const readers = Array.from({ length: READERS }, (_, i) =>
    read({ ...common, random: createRandom(seed + 100 + i), moves: i % 2 === 0, maxDurationMs: MAX_DURATION_MS }),
  );
  const subscribers = truth.ids
    .slice(0, SUBSCRIBERS)
    .map((id, i) => watch({ ...common, random: createRandom(seed + 200 + i) }, id));
  const reports = sendReports({ ...common, random: createRandom(seed + 5) });
  return {
    async end(): Promise<void> {
      ending.abort();
      await Promise.all([...readers, ...subscribers, reports]);
    },
  };
}
