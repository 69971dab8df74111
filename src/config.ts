import { z } from 'zod';
import { type LogLevel, type StaticToken, sandboxVariables, variables } from './variables.ts';

/** What the server runs on, in words of its own rather than of the environment. */
export interface Config {
  /** Whether it is deployed (`NODE_ENV=production`), rather than tried out. */
  readonly isProduction: boolean;
  readonly http: {
    readonly host: string;
    /** 0 lets the system pick one. */
    readonly port: number;
    /** Whether only this machine can ask, as nobody has said who may: names of other hosts are not taken for it. */
    readonly isLocal: boolean;
    /** Where metrics and the detail of readiness are, and nowhere else; null: beside everything else. */
    readonly opsPort: number | null;
    /** How long what is in flight may take at the end; milliseconds. */
    readonly shutdownMs: number;
    /** Processes that share the port. */
    readonly workers: number;
    /** Proxies in front, each of which adds to `X-Forwarded-For` whom it was asked by. */
    readonly proxies: number;
    /** Origins whose pages may ask; `*` is all of them. */
    readonly corsOrigins: readonly string[];
  };
  /** Who may ask; null: anyone. */
  readonly auth: {
    readonly tokens: readonly StaticToken[];
    /** Who signs the tokens of others; null: no one. */
    readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  } | null;
  readonly queries: {
    /** Whether the schema may be explored: introspection, GraphiQL, suggestions. */
    readonly introspection: boolean;
    /** Look-ups that one request may ask for. */
    readonly maxCost: number;
    /** Look-ups that a caller may ask for in a minute; null: any number. */
    readonly costPerMinute: number | null;
    /** The operations that are known beforehand, by their hashes; null: there are none. */
    readonly trusted: {
      readonly documents: ReadonlyMap<string, string>;
      /** Whether nothing else is answered. */
      readonly only: boolean;
    } | null;
  };
  readonly bsg: {
    /** Without a slash at the end. */
    readonly baseUrl: string;
    readonly apiKey: string;
    readonly timezone: string;
    readonly campaignPath: string | null;
    readonly timeoutMs: number;
    readonly maxConcurrency: number;
    readonly retries: number;
  };
  readonly cache: {
    /** How long a final status is kept; milliseconds, like all of these. */
    readonly finalTtlMs: number;
    /** How long a status is kept that can still change. */
    readonly pendingTtlMs: number;
    /** How long after that it stands in while BSG does not answer. */
    readonly staleIfErrorMs: number;
    readonly maxEntries: number;
    /** The Redis that several instances share; null for an instance alone. May hold a password: never printed. */
    readonly redisUrl: string | null;
  };
  readonly live: {
    /** The shortest time between two looks at a message that someone listens to; milliseconds. */
    readonly intervalMs: number;
    /** Subscriptions open at once. */
    readonly maxStreams: number;
    /** What stands behind `/hooks/bsg/`, the address for delivery reports; null: there is none. */
    readonly webhookSecret: string | null;
  };
  readonly log: { readonly level: LogLevel };
  /** The embedded stand-in for BSG; null when there is a key, and so the real one. */
  readonly sandbox: SandboxConfig | null;
  /** Keys that one batch field may ask for. */
  readonly maxBatchSize: number;
}

/** The sandbox, with the server or alone (`npm run sandbox`). */
export interface SandboxConfig {
  /** 0 lets the system pick one. */
  readonly port: number;
  /** Whether it offers `POST /sms/getStatus`; without it the sandbox is an older BSG. */
  readonly hasMassStatus: boolean;
}

/** Every fault of the environment at once, a line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Never printed, not even when they are wrong; nor is an address that carries credentials. */
const SECRETS: ReadonlySet<string> = new Set(['BSG_API_KEY', 'REDIS_URL', 'WEBHOOK_SECRET', 'AUTH_TOKENS']);

/** The sandbox takes any key of this form. */
const SANDBOX_KEY = 'live_sandbox';

/** Reads the environment. Throws a {@link ConfigError} that names every variable that is not as it should be. */
export function readConfig(environment: Environment): Config {
  const env = check(environment, variables, faultsBetween);
  const usesSandbox = env.BSG_API_KEY === undefined;
  const isProduction = env.NODE_ENV === 'production';
  const host = hostOf(env);
  const auth = authOf(env);
  return deepFreeze({
    isProduction,
    http: {
      host,
      isLocal: isLoopback(host) && auth === null && env.AUTH === undefined,
      port: env.PORT,
      opsPort: env.OPS_PORT ?? null,
      shutdownMs: env.SHUTDOWN_MS,
      workers: env.WORKERS,
      proxies: env.TRUST_PROXY,
      corsOrigins: env.CORS_ORIGINS,
    },
    auth,
    queries: {
      introspection: env.INTROSPECTION === undefined ? !isProduction : env.INTROSPECTION === 'on',
      // What a caller may ask for in a minute bounds what it may ask for at once.
      maxCost: env.RATE_LIMIT === 0 ? env.MAX_QUERY_COST : Math.min(env.MAX_QUERY_COST, env.RATE_LIMIT),
      costPerMinute: env.RATE_LIMIT === 0 ? null : env.RATE_LIMIT,
      trusted:
        env.PERSISTED_OPERATIONS === undefined
          ? null
          : { documents: env.PERSISTED_OPERATIONS, only: env.PERSISTED_OPERATIONS_MODE === 'only' },
    },
    bsg: {
      baseUrl: usesSandbox
        ? `http://127.0.0.1:${env.SANDBOX_PORT}/rest`
        : (env.BSG_BASE_URL ?? 'https://api.bsg.world/rest').replace(/\/+$/, ''),
      apiKey: env.BSG_API_KEY ?? SANDBOX_KEY,
      timezone: usesSandbox ? 'UTC' : env.BSG_TIMEZONE,
      campaignPath: env.BSG_CAMPAIGN_PATH ?? null,
      timeoutMs: env.BSG_TIMEOUT_MS,
      maxConcurrency: env.BSG_MAX_CONCURRENCY,
      retries: env.BSG_RETRIES,
    },
    cache: {
      finalTtlMs: env.CACHE_FINAL_TTL_MS,
      pendingTtlMs: env.CACHE_TTL_MS,
      staleIfErrorMs: env.CACHE_STALE_IF_ERROR_MS,
      maxEntries: env.CACHE_MAX_ENTRIES,
      // The data of a sandbox begins anew with each start, so nothing of it is to be shared or to outlive it.
      redisUrl: usesSandbox ? null : (env.REDIS_URL ?? null),
    },
    live: {
      intervalMs: env.LIVE_INTERVAL_MS,
      maxStreams: env.LIVE_MAX_STREAMS,
      webhookSecret: env.WEBHOOK_SECRET ?? null,
    },
    log: { level: env.LOG_LEVEL },
    sandbox: usesSandbox ? sandboxOf(env) : null,
    maxBatchSize: env.MAX_BATCH_SIZE,
  });
}

/** Whether a host is this machine by name or address, and no other can ask for it. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

function hostOf({ HOST, NODE_ENV }: { HOST?: string | undefined; NODE_ENV?: string | undefined }): string {
  return HOST ?? (NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1');
}

/** What is wrong only together. */
function faultsBetween(set: Environment): readonly string[] {
  const { NODE_ENV, BSG_API_KEY, BSG_BASE_URL, AUTH, AUTH_TOKENS, AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE } = set;
  const isProduction = NODE_ENV === 'production';
  const hasAuth = AUTH_TOKENS !== undefined || AUTH_JWKS_URL !== undefined;
  const ofJwt = { AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE };
  const missingOfJwt = Object.entries(ofJwt).filter(([, value]) => value === undefined);
  const faults: readonly (readonly [boolean, string])[] = [
    [
      isProduction && BSG_API_KEY === undefined,
      'BSG_API_KEY is not set: expected in production (NODE_ENV=production), where the sandbox would mislead',
    ],
    [
      BSG_BASE_URL !== undefined && BSG_API_KEY === undefined,
      'BSG_API_KEY is not set: expected together with BSG_BASE_URL; without a key the sandbox answers',
    ],
    [
      (isProduction || !isLoopback(hostOf(set))) && !hasAuth && AUTH === undefined,
      'AUTH_TOKENS is not set, nor AUTH_JWKS_URL: expected in production, and with a HOST that others can reach; AUTH=none lets anyone ask',
    ],
    [AUTH !== undefined && hasAuth, 'AUTH is "none": expected nothing, as AUTH_TOKENS or AUTH_JWKS_URL is set'],
    [
      missingOfJwt.length === 1 || missingOfJwt.length === 2,
      `${missingOfJwt.map(([name]) => name).join(' and ')} not set: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are needed together`,
    ],
    [
      Number(set['WORKERS'] ?? 1) > 1 && BSG_API_KEY === undefined,
      'BSG_API_KEY is not set: expected together with WORKERS; the sandbox is for one process',
    ],
    [
      Number(set['WORKERS'] ?? 1) > 1 && set['OPS_PORT'] === undefined,
      'OPS_PORT is not set: expected together with WORKERS, for the metrics of all of them',
    ],
  ];
  return faults.filter(([isFault]) => isFault).map(([, words]) => words);
}

function authOf(env: {
  AUTH_TOKENS?: readonly StaticToken[] | undefined;
  AUTH_JWKS_URL?: string | undefined;
  AUTH_ISSUER?: string | undefined;
  AUTH_AUDIENCE?: string | undefined;
}): Config['auth'] {
  const { AUTH_TOKENS: tokens = [], AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
  const jwt = jwksUrl && issuer && audience ? { jwksUrl, issuer, audience } : null;
  return tokens.length === 0 && jwt === null ? null : { tokens, jwt };
}

/** Reads what a sandbox alone needs. Throws a {@link ConfigError} like {@link readConfig}. */
export function readSandboxConfig(environment: Environment): SandboxConfig {
  return deepFreeze(sandboxOf(check(environment, sandboxVariables, () => [])));
}

function sandboxOf(env: { SANDBOX_PORT: number; SANDBOX_MASS_STATUS: 'on' | 'off' }): SandboxConfig {
  return { port: env.SANDBOX_PORT, hasMassStatus: env.SANDBOX_MASS_STATUS === 'on' };
}

/** Reads the variables; an empty one counts as not set, as compose files write them. */
function check<Shape extends z.ZodRawShape>(
  environment: Environment,
  shape: Shape,
  faultsBetween: (set: Environment) => readonly string[],
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const read = z.object(shape).safeParse(set);
  const faults = [...(read.error?.issues ?? []).map((issue) => describe(issue, set)), ...faultsBetween(set)];
  if (read.success && faults.length === 0) return read.data;
  throw new ConfigError(['The environment is not as it should be:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
}

function describe({ path: [name], message }: z.core.$ZodIssue, given: Environment): string {
  const variable = String(name);
  const value = given[variable] ?? '';
  const shown = SECRETS.has(variable) || value.includes('@') ? '(not shown)' : JSON.stringify(value);
  return `${variable} is ${shown}: ${message}`;
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
