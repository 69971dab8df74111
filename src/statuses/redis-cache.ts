import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Entry } from './entry.ts';
import type { SharedCache } from './shared-cache.ts';

/** Which Redis, and which part of it. */
export interface RedisCacheOptions {
  /** `redis://` or `rediss://`, with credentials and database as needed. */
  readonly url: string;
  /** Tells accounts apart, so that two deployments may share one Redis. No secret. */
  readonly account: string;
  /** How long an instance may take to ask BSG before another one may; milliseconds. */
  readonly claimMs: number;
  /** The clock; milliseconds since 1970. */
  readonly now: () => number;
  /** Told of every change, first when Redis is first reached or not. */
  readonly onChange?: (isUp: boolean) => void;
}

/** What one instance tells the others: what it learned of the keys, or null to forget them. */
interface News {
  readonly from: string;
  readonly keys: readonly string[];
  readonly entry: Entry | null;
}

/** A command that takes longer is given up: memory and BSG serve without Redis. */
const COMMAND_TIMEOUT_MS = 250;
/** After a command that failed, none is tried for so long, so that a slow Redis costs a look-up now and then, not every one. */
const PAUSE_AFTER_FAILURE_MS = 1_000;
const LONGEST_RECONNECT_MS = 2_000;

/** A second tier in Redis and a bus between the instances. Reconnects by itself for as long as it lives. */
export function createRedisCache({ url, account, claimMs, now, onChange }: RedisCacheOptions): SharedCache {
  const options = {
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt: number) => Math.min(LONGEST_RECONNECT_MS, attempt * 100),
  };
  const commands = new Redis(url, { ...options, commandTimeout: COMMAND_TIMEOUT_MS });
  // Subscribing waits for the connection, and is done again after each reconnect.
  const bus = new Redis(url, { ...options, enableOfflineQueue: true, maxRetriesPerRequest: null });
  const prefix = `bsg-graphql:1:${account}:`;
  const channel = `${prefix}news`;
  const instance = randomUUID();

  let isUp: boolean | null = null;
  let pausedUntilMs = 0;
  function report(answers: boolean): void {
    pausedUntilMs = answers ? 0 : now() + PAUSE_AFTER_FAILURE_MS;
    if (isUp === answers) return;
    isUp = answers;
    onChange?.(answers);
  }
  commands.on('ready', () => report(true));
  for (const connection of [commands, bus]) connection.on('error', () => report(false));

  /** What Redis says, or `otherwise` where it says nothing in time. */
  async function tell<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
    if (now() < pausedUntilMs) return otherwise;
    try {
      const answer = await ask();
      report(true);
      return answer;
    } catch {
      report(false);
      return otherwise;
    }
  }

  return {
    async get(key) {
      const entry = await tell(async () => parseJson(await commands.get(prefix + key)), null);
      return isEntry(entry) ? entry : null;
    },
    claim: (key) =>
      tell(async () => (await commands.set(`${prefix}claim:${key}`, instance, 'PX', claimMs, 'NX')) === 'OK', true),
    release(key, entry, keys) {
      void tell(async () => {
        const pipeline = commands.pipeline();
        if (entry !== null) {
          const json = JSON.stringify(entry);
          const ttlMs = Math.max(1, Math.ceil(entry.staleUntilMs - now()));
          for (const each of keys) pipeline.set(prefix + each, json, 'PX', ttlMs);
          pipeline.publish(channel, JSON.stringify({ from: instance, keys, entry } satisfies News));
        }
        await pipeline.del(`${prefix}claim:${key}`).exec();
      }, undefined);
    },
    drop(keys) {
      void tell(async () => {
        const news = JSON.stringify({ from: instance, keys, entry: null } satisfies News);
        await commands
          .pipeline()
          .del(keys.map((key) => prefix + key))
          .publish(channel, news)
          .exec();
      }, undefined);
    },
    onNews(listener) {
      bus.on('message', (_, message) => {
        const news = parseJson(message);
        if (!isNews(news) || news.from === instance) return;
        for (const key of news.keys) listener(key, news.entry);
      });
      bus.subscribe(channel).catch(() => report(false));
    },
    get isUp() {
      return isUp === true;
    },
    async dispose() {
      commands.disconnect();
      bus.disconnect();
    },
  };
}

/** Null for what is not JSON: whoever else writes to this Redis must not be able to stop the server. */
function parseJson(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
}

function isNews(json: unknown): json is News {
  return isObject(json) && Array.isArray(json['keys']) && (json['entry'] === null || isEntry(json['entry']));
}

/** The version in the prefix of the keys vouches for the rest of the shape. */
function isEntry(json: unknown): json is Entry {
  if (!isObject(json) || typeof json['freshUntilMs'] !== 'number' || typeof json['staleUntilMs'] !== 'number')
    return false;
  return isObject(json['answer']) && ['sms', 'campaign', 'failure'].includes(String(json['answer']['kind']));
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null;
}
