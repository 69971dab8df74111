import type { Cluster, RedisCommander, RedisOptions } from 'ioredis';
import { addMs, LONG_AGO, type MonotonicClock } from '../monotonic-clock.ts';
import { optionsOf } from './address.ts';
import { connectToCluster } from './cluster.ts';
import { codeOf, isErrorReply } from './failure.ts';
import { createHealth, type RedisFailure, type RedisOperation } from './health.ts';
import { createLink, isClusterNode, PING_INTERVAL_MS } from './link.ts';

/** Options of {@link connectToRedis}. */
export interface RedisConnectionOptions {
  /** `redis://` or `rediss://` of a server or of any node of a cluster, or `redis+sentinel://`; see {@link optionsOf}. */
  readonly url: string;
  /** Clock for durations. */
  readonly now: MonotonicClock;
  /** Called first when Redis is reached or not, then with every change: why it cannot be used, or null. */
  readonly onChange?: (failure: RedisFailure | null) => void;
  /** Called where a listener of {@link RedisConnection.subscribe} throws, which is a bug. */
  readonly onBug?: (error: unknown) => void;
}

/** Connections to one Redis, for commands and for messages. They reconnect until they are closed. */
export interface RedisConnection {
  /**
   * Runs commands, those of one turn of the event loop in one pipeline; resolves to `otherwise` where Redis fails. One that
   * has not responded is left alone for a second, so that a Redis that hangs does not delay every request.
   */
  attempt<T>(operation: RedisOperation, run: (commands: RedisCommander) => Promise<T>, otherwise: T): Promise<T>;
  /**
   * Calls the listener with every message of the channel. A message that makes it throw is dropped: anyone can publish one,
   * and it would end every instance. One channel at most, named before the connection is ready.
   */
  subscribe(channel: string, listener: (message: string) => void): void;
  /** Calls the listener each time that Redis is reached, which may be another one than before. One at most. */
  onConnect(listener: () => void): void;
  /** Whether commands are sent now, or Redis is left alone. */
  readonly isResponding: boolean;
  /** Why Redis cannot be used; null while commands succeed and messages arrive. */
  readonly failure: RedisFailure | null;
  /** Closes all connections. */
  dispose(): void;
}

const COMMANDS = { enableAutoPipelining: true } as const satisfies RedisOptions;
/** A reply is waited for so many periods, which is 250 ms, or more where this process was busy. */
const REPLY_PERIODS = 5;
const REPLY_PERIOD_MS = 50;
const PAUSE_AFTER_FAILURE_MS = 1_000;

/** Connects to Redis. Never rejects: a Redis that is down is reached later. */
export function connectToRedis(options: RedisConnectionOptions): RedisConnection {
  const { url, now, onChange = () => {}, onBug = () => {} } = options;
  const health = createHealth(onChange);
  const server = optionsOf(url);
  let cluster: Cluster | null = null;
  let isConnected = false;
  let pausedUntilMs = LONG_AGO;
  let channel: string | null = null;
  let onConnect = () => {};

  const states = {
    onUp(): void {
      isConnected = true;
      pausedUntilMs = LONG_AGO;
      health.reset();
      onConnect();
    },
    onDown(reason: string): void {
      isConnected = false;
      health.set('connection', reason);
    },
  };
  const commands = createLink({
    options: { ...server, ...COMMANDS },
    async prepare(redis) {
      if (!(await isClusterNode(redis))) return;
      commands.dispose();
      cluster ??= connectToCluster({ node: { ...server, ...COMMANDS }, ...states });
    },
    onUp: states.onUp,
    // Once it is known that there is a cluster, the connection to its first node ends.
    onDown: (reason) => (cluster === null ? states.onDown(reason) : undefined),
  });
  const messages = createLink({
    options: server,
    async prepare(redis) {
      await isClusterNode(redis);
      if (channel !== null) await redis.subscribe(channel);
    },
    onUp: () => health.set('subscription', null),
    onDown: (reason) => health.set('subscription', reason),
    // Every node of a cluster has all messages.
    nextServer: () => anyNodeOf(cluster),
  });
  const ping = setInterval(() => void messages.redis.ping().catch(() => {}), PING_INTERVAL_MS).unref();
  const isResponding = () => isConnected && now() >= pausedUntilMs;

  return {
    async attempt(operation, run, otherwise) {
      if (!isResponding()) return otherwise;
      try {
        const reply = await inTime(run(cluster ?? commands.redis));
        if (isResponding()) health.set('connection', null);
        health.set(operation, null);
        return reply;
      } catch (error) {
        const isRefused = isErrorReply(error);
        if (!isRefused) pausedUntilMs = addMs(now(), PAUSE_AFTER_FAILURE_MS);
        health.set(isRefused ? operation : 'connection', codeOf(error));
        return otherwise;
      }
    },
    subscribe(name, listener) {
      channel = name;
      messages.redis.on('message', (_, message) => {
        try {
          listener(message);
        } catch (error) {
          onBug(error);
        }
      });
    },
    onConnect(listener) {
      onConnect = listener;
    },
    get isResponding() {
      return isResponding();
    },
    get failure() {
      return health.failure;
    },
    dispose() {
      clearInterval(ping);
      commands.dispose();
      messages.dispose();
      cluster?.disconnect();
    },
  };
}

/** Rejects where the reply is late. A period in which this process was too busy to read replies counts once, however long it was. */
async function inTime<T>(reply: Promise<T>): Promise<T> {
  let periods = 0;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      if (++periods === REPLY_PERIODS) reject(new Error('Redis timed out.'));
    }, REPLY_PERIOD_MS);
  });
  return Promise.race([reply, late]).finally(() => clearInterval(timer));
}

/** Null where there is no cluster, or no node of it is known. */
function anyNodeOf(cluster: Cluster | null): Pick<RedisOptions, 'host' | 'port'> | null {
  const nodes = cluster?.nodes() ?? [];
  const { host, port } = nodes[Math.floor(Math.random() * nodes.length)]?.options ?? {};
  return host === undefined || port === undefined ? null : { host, port };
}
