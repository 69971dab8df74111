import { Redis, type RedisOptions } from 'ioredis';
import { codeOf, isErrorReply } from './failure.ts';

/** Options of {@link createLink}. */
export interface LinkOptions {
  readonly options: RedisOptions;
  /** Checks and prepares each new connection; where it rejects, the next attempt follows. It may close the link. */
  readonly prepare: (redis: Redis) => Promise<void>;
  /** Called with each connection that can be used. */
  readonly onUp: () => void;
  /** Called where a connection fails or ends, with the reason. */
  readonly onDown: (reason: string) => void;
  /** Where to connect next. @default where it connected before */
  readonly nextServer?: () => Pick<RedisOptions, 'host' | 'port'> | null;
}

/** One connection, which is made again until it is closed. */
export interface Link {
  readonly redis: Redis;
  dispose(): void;
}

const MAX_RECONNECT_DELAY_MS = 2_000;
/** How often a connection sends something, so that a broken one is noticed. */
export const PING_INTERVAL_MS = 10_000;

/** What all connections have in common. */
export const CONNECTION = {
  connectTimeout: 2_000,
  // Each of these commands would have to be in the permissions of the server's user.
  disableClientInfo: true,
  enableReadyCheck: false,
  keepAlive: PING_INTERVAL_MS,
  maxRetriesPerRequest: 0,
  // A master that became a replica: its name may lead to another server by now.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
  sentinelCommandTimeout: 1_000,
  // Without any data for so long, though a reply is due.
  socketTimeout: 5_000,
} as const satisfies RedisOptions;

/** The delay before the next attempt to connect, growing with their number; milliseconds. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(MAX_RECONNECT_DELAY_MS, attempt * 100);
}

/** Connects, and again whenever the connection ends: more slowly after each attempt that fails. */
export function createLink({ options, prepare, onUp, onDown, nextServer = () => null }: LinkOptions): Link {
  let attempts = 0;
  let failure: string | null = null;
  // The status of ioredis stays as it is until the socket is closed.
  let isClosed = false;
  const redis = new Redis({
    ...CONNECTION,
    ...options,
    autoResubscribe: false,
    enableOfflineQueue: false,
    retryStrategy() {
      Object.assign(redis.options, nextServer());
      return reconnectDelayMs(++attempts);
    },
  });
  function fail(error: unknown): void {
    failure = codeOf(error);
    onDown(failure);
  }
  redis.on('connect', () => {
    failure = null;
  });
  redis.on('error', fail);
  redis.on('close', () => {
    // What the error was is more than that the connection ended.
    if (failure === null) fail(null);
  });
  redis.on('ready', () => {
    prepare(redis).then(
      () => {
        // A wrong password is known by now: the server answers in order.
        if (failure !== null || isClosed || redis.status !== 'ready') return;
        attempts = 0;
        onUp();
      },
      (error: unknown) => {
        fail(error);
        redis.disconnect(true);
      },
    );
  });
  return {
    redis,
    dispose() {
      isClosed = true;
      redis.disconnect();
    },
  };
}

/**
 * Whether the server is a node of a cluster.
 *
 * @throws {Error} where it is neither that nor a master.
 */
export async function isClusterNode(redis: Redis): Promise<boolean> {
  const { mode, role } = await helloOf(redis);
  if (mode === 'cluster') return true;
  if (mode === 'sentinel') throw new Error('SENTINEL: the address is one of a Sentinel.');
  if (role !== 'master') throw new Error('READONLY: the server is a replica.');
  return false;
}

/** Every user may send HELLO. A server or proxy that does not know it is taken for a master. */
async function helloOf(redis: Redis): Promise<Readonly<Record<string, unknown>>> {
  try {
    const reply = (await redis.call('HELLO')) as readonly unknown[];
    return Object.fromEntries(reply.flatMap((name, i) => (i % 2 === 0 ? [[name, reply[i + 1]]] : [])));
  } catch (error) {
    if (isErrorReply(error) && codeOf(error) === 'ERR') return { mode: 'standalone', role: 'master' };
    throw error;
  }
}
