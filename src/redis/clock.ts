import type { MonotonicClock } from '../monotonic-clock.ts';
import type { RedisConnection } from './connection.ts';

/** Options of {@link createRedisClock}. */
export interface RedisClockOptions {
  readonly connection: RedisConnection;
  /** A name in Redis: of the servers of a cluster, the one that has it is the one whose clock counts. */
  readonly key: string;
  /** The clock of this process. */
  readonly now: MonotonicClock;
}

const INTERVAL_MS = 10_000;
/** A slower answer says too little about when it was given, where there was one before. */
const MAX_ROUND_TRIP_MS = 20;
const TIME = "return redis.call('time')";

/**
 * The clock of Redis, read when Redis is reached and every ten seconds, to half a round trip. Before the first answer it is the
 * time of day of this machine.
 */
export function createRedisClock({ connection, key, now }: RedisClockOptions) {
  let offsetMs = Date.now() - now();
  let isMeasured = false;

  async function measure(): Promise<void> {
    const sentAtMs = now();
    const time = await connection.attempt<unknown>('clock', (commands) => commands.eval(TIME, 1, key), null);
    const answeredAtMs = now();
    if (!Array.isArray(time) || (isMeasured && answeredAtMs - sentAtMs > MAX_ROUND_TRIP_MS)) return;
    isMeasured = true;
    const [seconds, microseconds] = time.map(Number);
    offsetMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000 - (sentAtMs + answeredAtMs) / 2;
  }
  connection.onConnect(() => {
    isMeasured = false;
    void measure();
  });
  const timer = setInterval(() => void measure(), INTERVAL_MS).unref();

  return {
    get offsetMs() {
      return offsetMs;
    },
    dispose: () => clearInterval(timer),
  };
}
