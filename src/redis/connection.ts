import { Redis } from 'ioredis';

/** Options of {@link connectToRedis}. */
export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with credentials and database as needed. */
  readonly url: string;
  /** Clock; milliseconds. */
  readonly now: () => number;
  /** Called first when Redis is reached or not, then with every change. */
  readonly onChange?: (isUp: boolean) => void;
  /** Called where a listener of {@link RedisConnection.subscribe} throws, which is a bug. */
  readonly onBug?: (error: unknown) => void;
}

/** Two connections to one Redis, one for commands and one for messages. Both reconnect until they are closed. */
export interface RedisConnection {
  /** For commands. Those of one turn of the event loop go out in one pipeline; each fails at once while Redis is down. */
  readonly commands: Redis;
  /**
   * Runs commands; resolves to `otherwise` where Redis fails, or has failed within the last second, so that a Redis that
   * hangs does not delay every request.
   */
  attempt<T>(run: (commands: Redis) => Promise<T>, otherwise: T): Promise<T>;
  /**
   * Calls the listener with every message of the channel. A message that makes it throw is dropped: anyone can publish one,
   * and it would end every instance. One channel at most, named before the connection is ready.
   */
  subscribe(channel: string, listener: (message: string) => void): void;
  /** Whether commands succeed and messages arrive. */
  readonly isUp: boolean;
  /** Closes both connections. */
  dispose(): void;
}

const COMMAND_TIMEOUT_MS = 250;
const PAUSE_AFTER_FAILURE_MS = 1_000;
const MAX_RECONNECT_DELAY_MS = 2_000;
/** A connection without any data for so long is dropped; the one for messages sends a ping meanwhile. */
const SOCKET_TIMEOUT_MS = 5_000;
const PING_INTERVAL_MS = 10_000;

const CONNECTION = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  keepAlive: PING_INTERVAL_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  retryStrategy: (attempt: number) => Math.min(MAX_RECONNECT_DELAY_MS, attempt * 100),
  // A replica that was the master before a failover: reconnect, and send the command again.
  reconnectOnError: ({ message }: Error) => (message.startsWith('READONLY') ? 2 : false),
} as const;

/** Connects to Redis. Never rejects: a Redis that is down is reached later. */
export function connectToRedis({
  url,
  now,
  onChange = () => {},
  onBug = () => {},
}: RedisConnectionOptions): RedisConnection {
  const commands = new Redis(url, {
    ...CONNECTION,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableAutoPipelining: true,
  });
  const messages = new Redis(url, { ...CONNECTION, autoResubscribe: false });
  const health = createHealth(onChange);
  let pausedUntilMs = 0;
  let channel: string | null = null;

  function pauseAfterFailure(): void {
    pausedUntilMs = now() + PAUSE_AFTER_FAILURE_MS;
    health.set('commands', false);
  }
  commands.on('ready', () => {
    pausedUntilMs = 0;
    health.set('commands', true);
  });
  commands.on('error', pauseAfterFailure);
  messages.on('error', () => health.set('messages', false));
  messages.on('close', () => health.set('messages', false));
  messages.on('ready', () => {
    const subscribed = channel === null ? Promise.resolve() : messages.subscribe(channel);
    subscribed.then(
      () => health.set('messages', true),
      () => messages.disconnect(true),
    );
  });
  const ping = setInterval(() => void messages.ping().catch(() => {}), PING_INTERVAL_MS).unref();

  return {
    commands,
    async attempt(run, otherwise) {
      if (now() < pausedUntilMs) return otherwise;
      try {
        const reply = await run(commands);
        if (now() >= pausedUntilMs) health.set('commands', true);
        return reply;
      } catch {
        pauseAfterFailure();
        return otherwise;
      }
    },
    subscribe(name, listener) {
      channel = name;
      messages.on('message', (_, message) => {
        try {
          listener(message);
        } catch (error) {
          onBug(error);
        }
      });
    },
    get isUp() {
      return health.isUp;
    },
    dispose() {
      clearInterval(ping);
      commands.disconnect();
      messages.disconnect();
    },
  };
}

/** Up while both connections are; reports nothing before each has been reached or not. */
function createHealth(onChange: (isUp: boolean) => void) {
  const parts: { commands: boolean | null; messages: boolean | null } = { commands: null, messages: null };
  let reported: boolean | null = null;
  return {
    get isUp() {
      return parts.commands === true && parts.messages === true;
    },
    set(part: keyof typeof parts, isUp: boolean) {
      parts[part] = isUp;
      if (parts.commands === null || parts.messages === null || this.isUp === reported) return;
      reported = this.isUp;
      onChange(reported);
    },
  };
}
