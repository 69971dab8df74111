/** The section `http` of the configuration: the process and its ports. */
import { z } from 'zod';
import { errorOf, isSet, parsed, port, splitList, text, wholeNumber } from './values.ts';

const ORIGINS = 'origins such as https://app.example.com, separated by commas; loopback; or * for all';

/** The variables of the section. */
export const httpVariables = {
  NODE_ENV: text('any text')
    .optional()
    .transform((mode) => mode === 'production')
    .meta({
      description:
        '`production` for a deployment: requires a key and a choice of `AUTH_…`, listens on all interfaces, hides the schema, logs the start as JSON.',
      default: 'none',
    }),
  PORT: port.default(4_000).describe('Port of the server; 0 lets the system pick one.'),
  HOST: text('a host name or an IP address', (host) => /^\S+$/.test(host))
    .optional()
    .meta({
      description: 'Address that the server listens on.',
      default: '127.0.0.1; 0.0.0.0 with `NODE_ENV=production`',
    }),
  OPS_PORT: port.optional().meta({
    description:
      'Port for `/metrics` and for `/ready` in full, which then are on no other port. Required with `WORKERS`.',
    default: 'none: everything is on `PORT`',
  }),
  SHUTDOWN_MS: wholeNumber(0, 3_600_000)
    .default(10_000)
    .describe('How long a graceful shutdown takes at most; milliseconds.'),
  WORKERS: wholeNumber(1, 1_024)
    .default(1)
    .describe('Processes that share the port, each with its own cache. More than one require `OPS_PORT` and a key.'),
  TRUST_PROXY: wholeNumber(0, 10)
    .default(0)
    .describe(
      'Number of proxies in front that append to `X-Forwarded-For`; the rate limit per address counts by the client that they report.',
    ),
  CORS_ORIGINS: parsed(ORIGINS, parseOrigins).optional().meta({
    description: 'Origins whose pages may send requests. `loopback` is every port of this machine.',
    default: 'none; `loopback` on the sandbox and a `HOST` that only this machine can reach',
  }),
};

/** The process and its ports. */
export const http = z
  .object({ ...httpVariables, BSG_API_KEY: isSet, AUTH: isSet, AUTH_TOKENS: isSet, AUTH_JWKS_URL: isSet })
  .refine(
    ({ WORKERS, OPS_PORT }) => !(WORKERS > 1) || OPS_PORT !== undefined,
    errorOf('OPS_PORT', 'required with WORKERS, for the metrics of all workers'),
  )
  .transform((env) => {
    const host = env.HOST ?? (env.NODE_ENV ? '0.0.0.0' : '127.0.0.1');
    return {
      host,
      /** 0 lets the system pick one. */
      port: env.PORT,
      /** Whether only this machine is served, as no authentication was chosen: requests for other host names are refused. */
      isLocal: isLoopback(host) && !env.AUTH && !env.AUTH_TOKENS && !env.AUTH_JWKS_URL,
      /** Port of metrics and of readiness in full, which then are nowhere else; null: they are on `port`. */
      opsPort: env.OPS_PORT ?? null,
      /** How long a graceful shutdown waits for requests in flight; milliseconds. */
      shutdownMs: env.SHUTDOWN_MS,
      /** Processes that share the port. */
      workers: env.WORKERS,
      /** Number of proxies in front, each of which appends its client to `X-Forwarded-For`. */
      proxies: env.TRUST_PROXY,
      /** Origins whose pages may send requests; `loopback` is those of this machine, `*` is all. */
      corsOrigins: env.CORS_ORIGINS ?? (isLoopback(host) && !env.BSG_API_KEY ? ['loopback'] : []),
    };
  });

/** Whether a host is this machine by name or address, and no other can reach it. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function parseOrigins(text: string): readonly string[] {
  const origins = splitList(text);
  if (origins.every((origin) => origin === '*' || origin === 'loopback' || isOrigin(origin))) return origins;
  throw new Error(
    'expected origins such as https://app.example.com, without a slash at the end, separated by commas; loopback; or * for all',
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*');
}
