import type { RedisConnection } from './connection.ts';

/** Messages between instances over one pub/sub channel of Redis. Lost while Redis is down. */
export function createRedisBus({
  connection,
  channel,
}: {
  readonly connection: RedisConnection;
  readonly channel: string;
}) {
  return {
    publish(message: string): void {
      void connection.attempt(
        'publish',
        async (commands) => void (await commands.publish(channel, message)),
        undefined,
      );
    },
    onMessage: (listener: (message: string) => void): void => connection.subscribe(channel, listener),
  };
}
