import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What the server runs on, in words of its own rather than of the environment. */
export interface Config {
  readonly http: {
    readonly host: string;
    /** 0 lets the system pick one. */
    readonly port: number;
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
const SECRETS: ReadonlySet<string> = new Set(['BSG_API_KEY', 'REDIS_URL', 'WEBHOOK_SECRET']);

/** The sandbox takes any key of this form. */
const SANDBOX_KEY = 'live_sandbox';

const port = (defaultValue: number) => wholeNumber(0, 65_535, defaultValue);

const sandboxVariables = { SANDBOX_PORT: port(4_010) };

const variables = {
  ...sandboxVariables,
  NODE_ENV: z.string().optional(),
  PORT: port(4_000),
  HOST: z.string().regex(/^\S+$/, expected('a host name or an IP address')).optional(),
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
  BSG_TIMEOUT_MS: wholeNumber(100, 120_000, 10_000),
  BSG_MAX_CONCURRENCY: wholeNumber(1, 10_000, 50),
  BSG_RETRIES: wholeNumber(0, 10, 2),
  CACHE_FINAL_TTL_MS: wholeNumber(0, 999_999_999, 86_400_000),
  CACHE_TTL_MS: wholeNumber(0, 999_999_999, 2_000),
  CACHE_STALE_MS: wholeNumber(0, 999_999_999, 600_000),
  CACHE_MAX_ENTRIES: wholeNumber(1, 10_000_000, 100_000),
  REDIS_URL: z.string().refine(isRedisUrl, expected('redis://host:port or rediss://host:port')).optional(),
  LIVE_INTERVAL_MS: wholeNumber(100, 3_600_000, 2_000),
  LIVE_MAX_STREAMS: wholeNumber(0, 1_000_000, 20_000),
  WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,128}$/, expected('16 to 128 of A-Z, a-z, 0-9, _ and -'))
    .optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, expected(`one of ${LOG_LEVELS.join(', ')}`)).default('info'),
  MAX_BATCH_SIZE: wholeNumber(1, 10_000, 100),
};

/** Reads the environment. Throws a {@link ConfigError} that names every variable that is not as it should be. */
export function readConfig(environment: Environment): Config {
  const env = check(environment, variables, ({ NODE_ENV, BSG_API_KEY, BSG_BASE_URL }) => [
    ...(NODE_ENV === 'production' && BSG_API_KEY === undefined
      ? ['BSG_API_KEY is not set: expected in production (NODE_ENV=production), where the sandbox would mislead']
      : []),
    ...(BSG_BASE_URL !== undefined && BSG_API_KEY === undefined
      ? ['BSG_API_KEY is not set: expected together with BSG_BASE_URL; without a key the sandbox answers']
      : []),
  ]);
  const usesSandbox = env.BSG_API_KEY === undefined;
  return deepFreeze({
    http: { host: env.HOST ?? (env.NODE_ENV === 'production' ? '0.0.0.0' : '127.0.0.1'), port: env.PORT },
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

function wholeNumber(least: number, most: number, defaultValue: number) {
  const message = expected(`a whole number from ${least} to ${most}`);
  return z
    .string()
    .regex(/^\s*\d{1,9}\s*$/, message)
    .transform(Number)
    .refine((number) => Number.isNaN(number) || (number >= least && number <= most), message)
    .default(defaultValue);
}

function expected(what: string): string {
  return `expected ${what}`;
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
