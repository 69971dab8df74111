import { z } from 'zod';

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

/** The sandbox takes any key of this form. */
const SANDBOX_KEY = 'live_sandbox';

const port = (byDefault: number) => wholeNumber(0, 65_535, byDefault);

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
  const shown = variable === 'BSG_API_KEY' ? '(not shown)' : JSON.stringify(given[variable]);
  return `${variable} is ${shown}: ${message}`;
}

function wholeNumber(least: number, most: number, byDefault: number) {
  const message = expected(`a whole number from ${least} to ${most}`);
  return z
    .string()
    .regex(/^\s*\d{1,9}\s*$/, message)
    .transform(Number)
    .refine((number) => Number.isNaN(number) || (number >= least && number <= most), message)
    .default(byDefault);
}

function expected(what: string): string {
  return `expected ${what}`;
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

function isBaseUrl(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, search, hash } = new URL(address);
  return ['http:', 'https:'].includes(protocol) && `${username}${password}${search}${hash}` === '';
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
