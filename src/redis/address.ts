import type { RedisOptions } from 'ioredis';

const SENTINEL =
  /^(rediss?)\+sentinel:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^@/?]+)\/([^/?]+)(?:\/(\d+))?(?:\?sentinelPassword=([^&]+))?$/;
const SENTINEL_PORT = 26_379;

/**
 * Options of ioredis for an address: `redis+sentinel://user:password@host:port,host:port/name/database` for the master that
 * Sentinels know by this name, anything else for a server or a node of a cluster. The credentials are those of Redis;
 * `?sentinelPassword=` follows where Sentinels require one.
 *
 * @see https://redis.io/docs/latest/develop/reference/sentinel-clients/
 */
export function optionsOf(url: string): RedisOptions {
  const [, scheme, username = '', password = '', hosts = '', name = '', database = '0', secret = ''] =
    SENTINEL.exec(url) ?? [];
  if (scheme === undefined) return serverOf(new URL(url));
  return {
    ...tlsOf(scheme),
    ...credentialsOf(username, password),
    sentinels: hosts.split(',').map(sentinelOf),
    name: decodeURIComponent(name),
    ...(secret !== '' && { sentinelPassword: decodeURIComponent(secret) }),
    enableTLSForSentinelMode: scheme === 'rediss',
    db: Number(database),
  };
}

function serverOf({ protocol, username, password, hostname, port, pathname }: URL): RedisOptions {
  return {
    ...tlsOf(protocol.slice(0, -1)),
    ...credentialsOf(username, password),
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6_379),
    db: Number(/^\/(\d+)$/.exec(pathname)?.[1] ?? 0),
  };
}

function sentinelOf(address: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(`redis://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || SENTINEL_PORT) };
}

function credentialsOf(username: string, password: string): RedisOptions {
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}

function tlsOf(scheme: string): RedisOptions {
  return scheme === 'rediss' ? { tls: {}, sentinelTLS: {} } : {};
}
