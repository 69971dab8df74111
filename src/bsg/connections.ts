import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpProxyAgent, HttpsProxyAgent } from 'hpagent';

/** Options of {@link createConnections}. */
export interface ConnectionsOptions {
  /** Such as `https://api.bsg.world/rest`. */
  readonly baseUrl: string;
  /** Idle connections kept open for the next request, at most. */
  readonly maxConcurrency: number;
  /** Address of an HTTP proxy that connects to BSG by `CONNECT`. @default null: none */
  readonly proxy?: string | null;
}

/** A proxy that says nothing for so long does not connect. */
const PROXY_TIMEOUT_MS = 30_000;

/** Keep-alive connections to BSG. */
export interface Connections {
  /** For the next request. */
  readonly agent: HttpAgent;
  /**
   * Call it after a request on this agent got no response. Whatever broke its connection, such as a hop that was switched over,
   * may have broken the idle ones too: they are closed, and later requests connect anew.
   */
  renew(failed: HttpAgent): void;
  /** Closes all connections. */
  dispose(): void;
}

/** No connections yet. */
export function createConnections(options: ConnectionsOptions): Connections {
  const connect = agentFactory(options);
  let agent = connect();
  return {
    get agent() {
      return agent;
    },
    renew(failed) {
      // Requests that fail together renew once.
      if (failed !== agent) return;
      agent = connect();
      closeWhenIdle(failed);
    },
    dispose: () => agent.destroy(),
  };
}

function agentFactory({ baseUrl, maxConcurrency, proxy = null }: ConnectionsOptions): () => HttpAgent {
  const isHttps = baseUrl.startsWith('https:');
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: maxConcurrency };
  if (proxy === null) return () => (isHttps ? new HttpsAgent(options) : new HttpAgent(options));
  const ProxyAgent = isHttps ? HttpsProxyAgent : HttpProxyAgent;
  return () => new ProxyAgent({ ...options, proxy, timeout: PROXY_TIMEOUT_MS });
}

function closeWhenIdle(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
