import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ChainableCommander, Redis } from 'ioredis';
import { fits, type News, parseAnswer, parseEntry, parseNews } from './redis-values.ts';
import type { Claim, SharedCache } from './shared-cache.ts';
import type { StatusKey } from './status-key.ts';

/** Which Redis, and which part of it. */
export interface RedisCacheOptions {
  /** `redis://` or `rediss://`, with credentials and database as needed. */
  readonly url: string;
  /** Tells accounts apart, so that two deployments may share one Redis. No secret. */
  readonly account: string;
  /** How long an instance may take to ask BSG; milliseconds. */
  readonly lookupMs: number;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
  /** Told of every change, first when Redis is first reached or not. */
  readonly onChange?: (isUp: boolean) => void;
}

/** A command that takes longer is given up: memory and BSG serve without Redis. */
const COMMAND_TIMEOUT_MS = 250;
/** After a command that failed, none is tried for so long, so that a Redis that hangs costs a look-up now and then, not every one. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
const LONGEST_RECONNECT_MS = 2_000;
/** A connection on which nothing comes back is dropped after so long; the bus, which only listens, asks for a sign of life. */
const SILENCE_MS = 5_000;
const SIGN_OF_LIFE_MS = 10_000;
/** How long the outcome of a look-up that is not kept is there for those who waited for it. */
const OUTCOME_MS = 1_000;
/** A claim outlasts the look-up that it is for; whoever waits for one that was left behind outlasts it in turn. */
const CLAIM_SLACK_MS = 500;
/** How long to go on telling Redis, at the end, which claims are over. */
const GOODBYE_MS = 500;

/** Ends a claim only where it is still one's own. */
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

const CONNECTION = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  keepAlive: SIGN_OF_LIFE_MS,
  socketTimeout: SILENCE_MS,
  retryStrategy: (attempt: number) => Math.min(LONGEST_RECONNECT_MS, attempt * 100),
  // A replica that was the master before a failover: connect anew, and send the command again.
  reconnectOnError: ({ message }: Error) => (message.startsWith('READONLY') ? 2 : false),
} as const;

/** A connection for commands, which fail at once where Redis does not answer. Reconnects by itself until it is closed. */
export function connectToRedis(url: string): Redis {
  const redis = new Redis(url, { ...CONNECTION, commandTimeout: COMMAND_TIMEOUT_MS });
  // Whoever sends a command is told that it failed.
  redis.on('error', () => {});
  return redis;
}

/** A second tier in Redis and a bus between the instances. Reconnects by itself for as long as it lives. */
export function createRedisCache({ url, account, lookupMs, now, onChange }: RedisCacheOptions): SharedCache {
  const commands = connectToRedis(url);
  const bus = new Redis(url, { ...CONNECTION, autoResubscribe: false });
  const prefix = `bsg-graphql:2:${account}:`;
  const channel = `${prefix}news`;
  const instance = randomUUID();
  const claims = new Set<StatusKey>();

  let areCommandsUp: boolean | null = null;
  let isBusUp: boolean | null = null;
  let wasUp: boolean | null = null;
  let pausedUntilMs = 0;
  function report(): void {
    // Not before both connections have come to something.
    if (areCommandsUp === null || isBusUp === null) return;
    const isUp = areCommandsUp && isBusUp;
    if (isUp === wasUp) return;
    wasUp = isUp;
    onChange?.(isUp);
  }
  function reportCommands(answer: boolean): void {
    if (!answer) pausedUntilMs = now() + PAUSE_AFTER_FAILURE_MS;
    areCommandsUp = answer;
    report();
  }
  function reportBus(answers: boolean): void {
    isBusUp = answers;
    report();
  }
  commands.on('ready', () => {
    pausedUntilMs = 0;
    reportCommands(true);
  });
  commands.on('error', () => reportCommands(false));
  bus.on('error', () => reportBus(false));
  bus.on('close', () => reportBus(false));
  bus.on('ready', () => {
    bus.subscribe(channel).then(
      () => reportBus(true),
      () => bus.disconnect(true),
    );
  });
  const signOfLife = setInterval(() => void bus.ping().catch(() => {}), SIGN_OF_LIFE_MS);
  signOfLife.unref();

  /** What Redis says, or `otherwise` where it says nothing in time. */
  async function tell<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
    if (now() < pausedUntilMs) return otherwise;
    try {
      const answer = await ask();
      if (now() >= pausedUntilMs) reportCommands(true);
      return answer;
    } catch {
      reportCommands(false);
      return otherwise;
    }
  }

  /** The replies of all commands. Rejects where one of them is an error, such as that Redis is out of memory. */
  async function run(pipeline: ChainableCommander): Promise<readonly unknown[]> {
    const replies = (await pipeline.exec()) ?? [];
    return replies.map(([error, reply]) => {
      if (error !== null) throw error;
      return reply;
    });
  }

  return {
    get: (key) => tell(async () => parseEntry(key, await commands.get(prefix + key)), null),
    claim: (key) =>
      tell<Claim>(
        async () => {
          const claimKey = `${prefix}claim:${key}`;
          const pipeline = commands
            .pipeline()
            .set(claimKey, instance, 'PX', lookupMs + CLAIM_SLACK_MS, 'NX')
            .mget(prefix + key, `${prefix}outcome:${key}`, claimKey);
          const [claimed, kept] = await run(pipeline);
          const [entry, outcome, owner] = Array.isArray(kept) ? kept : [];
          // One's own claim from before is one that could not be ended, as Redis did not answer.
          const mayAsk = claimed === 'OK' || owner === instance;
          if (mayAsk) claims.add(key);
          return { mayAsk, entry: parseEntry(key, entry), outcome: parseAnswer(key, outcome) };
        },
        { mayAsk: true, entry: null, outcome: null },
      ),
    release(key, outcome) {
      claims.delete(key);
      void tell(async () => {
        const pipeline = commands.pipeline();
        if (outcome?.kind === 'failure') {
          pipeline.set(`${prefix}outcome:${key}`, JSON.stringify(outcome), 'PX', OUTCOME_MS);
        }
        await run(pipeline.eval(RELEASE, 1, `${prefix}claim:${key}`, instance));
      }, undefined);
    },
    put(keys, entry) {
      void tell(async () => {
        const json = JSON.stringify(entry);
        const ttlMs = Math.max(1, Math.ceil(entry.staleUntilMs - now()));
        const pipeline = commands.pipeline();
        for (const key of keys) pipeline.set(prefix + key, json, 'PX', ttlMs);
        await run(pipeline.publish(channel, JSON.stringify({ from: instance, keys, entry } satisfies News)));
      }, undefined);
    },
    drop(keys) {
      void tell(async () => {
        const news = JSON.stringify({ from: instance, keys, entry: null } satisfies News);
        await run(
          commands
            .pipeline()
            .del(keys.map((key) => prefix + key))
            .publish(channel, news),
        );
      }, undefined);
    },
    onNews(listener) {
      bus.on('message', (_, message) => {
        const news = parseNews(message);
        if (news === null || news.from === instance) return;
        for (const key of news.keys) if (news.entry === null || fits(key, news.entry.answer)) listener(key, news.entry);
      });
    },
    get isUp() {
      return areCommandsUp === true && isBusUp === true;
    },
    async dispose() {
      clearInterval(signOfLife);
      const pipeline = commands.pipeline();
      for (const key of claims) pipeline.eval(RELEASE, 1, `${prefix}claim:${key}`, instance);
      const released = tell(() => run(pipeline), []);
      await Promise.race([released, pause(GOODBYE_MS, null, { ref: false })]);
      commands.disconnect();
      bus.disconnect();
    },
  };
}
