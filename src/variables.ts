import { readFileSync } from 'node:fs';
import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What the log may leave out. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One caller of `AUTH_TOKENS`. */
export interface StaticToken {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

const port = wholeNumber(0, 65_535);

const onOrOff = z.enum(['on', 'off'], expected('on or off'));

const webAddress = z.string().refine(isWebAddress, expected('an http or https address without credentials'));

/** What a sandbox alone reads. */
export const sandboxVariables = {
  SANDBOX_PORT: port.default(4_010),
  SANDBOX_MASS_STATUS: onOrOff.default('on'),
};

/** Every variable that the server reads: how, and what it is where it is not set. The README has the same list. */
export const variables = {
  ...sandboxVariables,
  NODE_ENV: z.string().optional(),
  PORT: port.default(4_000),
  HOST: z.string().regex(/^\S+$/, expected('a host name or an IP address')).optional(),
  OPS_PORT: port.optional(),
  SHUTDOWN_MS: wholeNumber(0, 3_600_000).default(10_000),
  WORKERS: wholeNumber(1, 1_024).default(1),
  TRUST_PROXY: wholeNumber(0, 10).default(0),
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
  CACHE_STALE_IF_ERROR_MS: wholeNumber(0, 999_999_999).default(600_000),
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
function readTokens(text: string): readonly StaticToken[] {
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
