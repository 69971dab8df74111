import type { RedisConnection } from './connection.ts';
import { withHashTag } from './hash-tag.ts';

/** Values by key in Redis, all with a TTL. Empty while Redis is down. */
export function createRedisStore({
  connection,
  prefix,
}: {
  readonly connection: RedisConnection;
  readonly prefix: string;
}) {
  return {
    get: (key: string): Promise<string | null> =>
      connection.attempt('read', (commands) => commands.get(prefix + withHashTag(key)), null),
    set(key: string, value: string, ttlMs: number): void {
      void connection.attempt(
        'write',
        async (commands) => void (await commands.set(prefix + withHashTag(key), value, 'PX', ttlMs)),
        undefined,
      );
    },
  };
}
