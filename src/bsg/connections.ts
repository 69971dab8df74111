import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Options of {@link createConnections}. */
export interface ConnectionsOptions {
  /** Such as `https://api.bsg.world/rest`. */
  readonly baseUrl: string;
  /** Idle connections kept open for the next request, at most. */
  readonly maxConcurrency: number;
}

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
export function createConnections({ baseUrl, maxConcurrency }: ConnectionsOptions): Connections {
  const options: AgentOptions = { keepAlive: true, maxFreeSockets: maxConcurrency };
  const connect = () => (baseUrl.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options));
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

function closeWhenIdle(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
