/** The package as a library. Its types name no package but `graphql`, so that they mean the same wherever they are installed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GraphQLSchema } from 'graphql';
import { createApp as createServerApp } from './app.ts';
import { readConfig as readServerConfig, type Config as ServerConfig } from './config/config.ts';
import { createCore } from './core.ts';
import { createLoaders } from './loaders/loaders.ts';
import { createLog } from './ops/log.ts';
import { schema as builtSchema } from './schema/index.ts';

/** The configuration that {@link readConfig} returns, to be passed on. */
export interface Config {
  /** Whether this is a deployment, rather than a trial on a laptop: `NODE_ENV` is `production`. */
  readonly isProduction: boolean;
}

/** The whole server behind one listener: `/graphql`, `/health`, `/ready`, `/metrics` and `/hooks/bsg/`. */
export interface App {
  /** For `node:http` and what is built on it. It reads the body itself: no body parser may come before it. */
  listener(request: IncomingMessage, response: ServerResponse): void;
  /** Responds as the global `fetch` would, without a socket. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** For the `upgrade` event of `node:http`: subscriptions over WebSockets. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Announces the shutdown, by `/ready` and by closing keep-alive connections; requests that still arrive are answered. */
  drain(): void;
  /** Ends the streams, so that their clients reconnect elsewhere. */
  endStreams(): void;
  /** Closes what it has opened: connections to BSG and Redis, timers. Call it once, when requests are finished. */
  dispose(): Promise<void>;
}

/** Makes the context of one request to {@link schema}. */
export interface ContextFactory {
  /**
   * A new context; its loaders keep what they have read, so it is for one request alone.
   * @param caller What your server has found out about the caller.
   */
  createContext(caller: {
    /** Whether the caller may read phone numbers and the texts of campaigns. */
    readonly maySeePersonal: boolean;
  }): object;
  /** Closes connections to BSG and Redis, and stops polling. */
  dispose(): Promise<void>;
}

/**
 * Reads the configuration from environment variables (docs/configuration.md).
 * @throws Error naming every variable that is invalid or missing.
 * @example readConfig(process.env)
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readServerConfig(environment);
}

/**
 * The server, to be mounted in a server of yours. It does not start the sandbox: without `BSG_API_KEY` it expects that of
 * `npx bsg-graphql sandbox`.
 */
export function createApp(config: Config): App {
  return createServerApp(config as ServerConfig);
}

/** The executable schema, for a GraphQL server of yours. Limits, authentication and rate limits are then yours too. */
export const schema: GraphQLSchema = builtSchema;

/** What the resolvers of {@link schema} need, with one cache for all requests: create it once for each process. */
export function createContextFactory(config: Config): ContextFactory {
  const serverConfig = config as ServerConfig;
  const core = createCore(serverConfig, createLog(serverConfig.log));
  return {
    createContext: ({ maySeePersonal }) => ({
      loaders: createLoaders(core.statuses),
      live: core.live,
      maxBatchSize: serverConfig.queries.maxBatchSize,
      maySeePersonal,
    }),
    async dispose() {
      core.live.dispose();
      await core.dispose();
    },
  };
}
