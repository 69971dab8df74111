import { readFileSync } from 'node:fs';
import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

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
    /** Origins whose pages may ask; `*` is all of them. */
    readonly corsOrigins: readonly string[];
  };
  /** Who may ask; null: anyone. */
  readonly auth: {
    readonly tokens: readonly { readonly name: string; readonly token: string; readonly scopes: readonly string[] }[];
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
    readonly changingTtlMs: number;
    /** How long after that it stands in while BSG does not answer. */
    readonly staleMs: number;
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
  readonly log: { readonly level: (typeof LOG_LEVELS)[number] };
  /** The embedded stand-in for BSG; null when there is a key, and so the real one. */
  readonly sandbox: { readonly port: number } | null;
  /** Keys that one batch field may ask for. */
  readonly maxBatchSize: number;
}

/** The port of a sandbox that runs alone, see `npm run sandbox`. */
export interface SandboxConfig {
  readonly port: number;
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

const port = wholeNumber(0, 65_535);

const onOrOff = z.enum(['on', 'off'], expected('on or off'));

const webAddress = z.string().refine(isWebAddress, expected('an http or https address without credentials'));

const sandboxVariables = { SANDBOX_PORT: port.default(4_010) };

const variables = {
  ...sandboxVariables,
  NODE_ENV: z.string().optional(),
  PORT: port.default(4_000),
  HOST: z.string().regex(/^\S+$/, expected('a host name or an IP address')).optional(),
  OPS_PORT: port.optional(),
  SHUTDOWN_MS: wholeNumber(0, 3_600_000).default(10_000),
  WORKERS: wholeNumber(1, 1_024).default(1),
  CORS_ORIGINS: readBy(readOrigins).default([]),
  AUTH: z.literal('none', expected('none, or not to be set')).optional(),
  AUTH_TOKENS: readBy(readTokens).optional(),
  AUTH_JWKS_URL: webAddress.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  INTROSPECTION: onOrOff.optional(),
  MAX_QUERY_COST: wholeNumber(1, 1_000_000).default(5_000),
  RATE_LIMIT: wholeNumber(0, 999_999_999).default(60_000),
  PERSISTED_OPERATIONS: readBy(readManifest).optional(),
  PERSISTED_OPERATIONS_MODE: z.enum(['only', 'also'], expected('only or also')).default('only'),
  BSG_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, expected('the key as BSG shows it: printable characters without spaces'))
    .optional(),
  BSG_BASE_URL: z
    .string()
    .refine(isBaseUrl, expected('an http or https address without credentials, query or hash'))
    .optional(),
  BSG_TIMEZONE: z.string().refine(isTimezone, expected('an IANA time zone such as Europe/Kyiv')).default('UTC'),
  BSG_CAMPAIGN_PATH: z
    .string()
    .regex(/^(\/[\w-]+)*\/\{task_id\}$/, expected('a path that ends in {task_id}, such as /sms/task/{task_id}'))
    .optional(),
  BSG_TIMEOUT_MS: wholeNumber(100, 120_000).default(10_000),
  BSG_MAX_CONCURRENCY: wholeNumber(1, 10_000).default(50),
  BSG_RETRIES: wholeNumber(0, 10).default(2),
  CACHE_FINAL_TTL_MS: wholeNumber(0, 999_999_999).default(86_400_000),
  CACHE_TTL_MS: wholeNumber(0, 999_999_999).default(2_000),
  CACHE_STALE_MS: wholeNumber(0, 999_999_999).default(600_000),
  CACHE_MAX_ENTRIES: wholeNumber(1, 10_000_000).default(100_000),
  REDIS_URL: z.string().refine(isRedisUrl, expected('redis://host:port or rediss://host:port')).optional(),
  LIVE_INTERVAL_MS: wholeNumber(100, 3_600_000).default(2_000),
  LIVE_MAX_STREAMS: wholeNumber(0, 1_000_000).default(20_000),
  WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,128}$/, expected('16 to 128 of A-Z, a-z, 0-9, _ and -'))
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(', ')}`)).default('info'),
  MAX_BATCH_SIZE: wholeNumber(1, 10_000).default(100),
};

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
      changingTtlMs: env.CACHE_TTL_MS,
      staleMs: env.CACHE_STALE_MS,
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
    sandbox: usesSandbox ? { port: env.SANDBOX_PORT } : null,
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
  AUTH_TOKENS?: NonNullable<Config['auth']>['tokens'] | undefined;
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
  const { SANDBOX_PORT } = check(environment, sandboxVariables, () => []);
  return deepFreeze({ port: SANDBOX_PORT });
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

function wholeNumber(least: number, most: number) {
  const message = expected(`a whole number from ${least} to ${most}`);
  return z
    .string()
    .regex(/^\s*\d{1,9}\s*$/, message)
    .transform(Number)
    .refine((number) => Number.isNaN(number) || (number >= least && number <= most), message);
}

/** What a text means to the function, which throws what is wrong with it. */
function readBy<T>(read: (text: string) => T) {
  return z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });
}

function expected(what: string): string {
  return `expected ${what}`;
}

/** Throws the first fault, without the token. Every name and every token stands once. */
function readTokens(text: string): NonNullable<Config['auth']>['tokens'] {
  const tokens = splitList(text).map((entry, i) => {
    const [, name, token = '', scopes = ''] = /^([\w.-]+):([^:]*)(?::([\w.:/ -]*))?$/.exec(entry) ?? [];
    const place = `entry ${i + 1}${name === undefined ? '' : ` (${name})`}`;
    if (name === undefined)
      throw new Error(`${place}: expected name:token or name:token:scopes, scopes with spaces between`);
    if (token.length < 16) throw new Error(`${place}: the token has ${token.length} characters, expected 16 or more`);
    if (!/^[\w.~+/=-]+$/.test(token)) throw new Error(`${place}: expected a token of A-Z a-z 0-9 - . _ ~ + / =`);
    return { name, token, scopes: scopes.split(' ').filter((scope) => scope !== '') };
  });
  if (tokens.length === 0) throw new Error('expected name:token, with commas between');
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length) throw new Error('expected each name once');
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) throw new Error('expected each token once');
  return tokens;
}

function readOrigins(text: string): readonly string[] {
  const origins = splitList(text);
  if (origins.every((origin) => origin === '*' || isOrigin(origin))) return origins;
  throw new Error(
    expected('origins such as https://app.example.com, without a slash at the end, with commas between; or * alone'),
  );
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text && !text.includes('*');
}

/** What the client preset of GraphQL Code Generator writes: an object of documents by their hashes. Throws the fault. */
function readManifest(path: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error(
      'there is no such file; expected the path of a manifest, an object of queries by their hashes in JSON',
    );
  }
  try {
    return new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text))));
  } catch {
    throw new Error('the file is not a manifest; expected an object of queries by their hashes in JSON');
  }
}

function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isWebAddress(address: string): boolean {
  return /^https?:\/\/[^\s@]+$/.test(address) && URL.canParse(address);
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isBaseUrl(address: string): boolean {
  return /^https?:\/\/[^\s?#@]+$/.test(address) && URL.canParse(address);
}

function isRedisUrl(address: string): boolean {
  return URL.canParse(address) && /^rediss?:\/\/./.test(address);
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
