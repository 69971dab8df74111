import { Cluster, type RedisOptions } from 'ioredis';
import { codeOf } from './failure.ts';
import { CONNECTION, reconnectDelayMs } from './link.ts';

/** Options of {@link connectToCluster}. */
export interface ClusterOptions {
  /** Any node; the others have the same credentials and TLS. */
  readonly node: RedisOptions;
  readonly onUp: () => void;
  /** Called where no node can be reached, with the reason. */
  readonly onDown: (reason: string) => void;
}

/** So many times is a command sent again while slots move or a replica takes over, and the layout is read so often. */
const MAX_REDIRECTIONS = 3;
const LAYOUT_INTERVAL_MS = 5_000;

/** Connects to all nodes of a cluster, until it is closed. Commands of one turn of the event loop go out in one pipeline per node. */
export function connectToCluster({ node, onUp, onDown }: ClusterOptions): Cluster {
  const { host = 'localhost', port = 6_379, db: _, ...options } = node;
  const startupNodes = [{ host, port }];
  let latest: unknown = null;
  const cluster = new Cluster(startupNodes, {
    clusterRetryStrategy: reconnectDelayMs,
    // Certificates are of names.
    dnsLookup: (name, callback) => callback(null, name),
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    maxRedirections: MAX_REDIRECTIONS,
    redisOptions: { ...CONNECTION, ...options },
    slotsRefreshInterval: LAYOUT_INTERVAL_MS,
  });
  // Read again for each new connection to the cluster: by then the first node may be gone for good, and others are known.
  cluster.on('refresh', () => {
    const others = cluster.nodes().map(({ options: { host = '', port = 0 } }) => ({ host, port }));
    startupNodes.splice(1, startupNodes.length, ...others);
  });
  cluster.on('ready', onUp);
  cluster.on('node error', (error: unknown) => {
    latest = error;
  });
  cluster.on('error', (error: unknown) => onDown(codeOf(error)));
  cluster.on('close', () => onDown(codeOf(latest)));
  return cluster;
}
