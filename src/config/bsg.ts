/** The section `bsg` of the configuration: requests to BSG. */
import { z } from 'zod';
import { httpVariables } from './http.ts';
import { proxyFor, proxyVariables } from './proxy.ts';
import { sandboxVariables } from './sandbox.ts';
import { errorOf, oneOf, text, wholeNumber } from './values.ts';

const DEFAULT_BASE_URL = 'https://api.bsg.world/rest';

/** The sandbox accepts any key of this form. */
const SANDBOX_KEY = 'live_sandbox';

/** The variables of the section. */
export const bsgVariables = {
  BSG_API_KEY: text('the key as BSG shows it: printable characters without spaces', (key) => /^[\x21-\x7e]+$/.test(key))
    .optional()
    .meta({
      description: 'Your key. Required with `NODE_ENV=production`, `BSG_BASE_URL` and `WORKERS`.',
      default: 'none: the sandbox answers',
      secret: true,
    }),
  BSG_BASE_URL: text(
    'an http or https address without credentials, query or hash',
    (url) => /^https?:\/\/[^\s?#@]+$/.test(url) && URL.canParse(url),
  )
    .optional()
    .meta({ description: 'Address of BSG, including its `/rest`.', default: DEFAULT_BASE_URL }),
  BSG_TIMEZONE: text('an IANA time zone such as Europe/Kyiv', isTimezone)
    .default('UTC')
    .describe('Time zone of your account, in which BSG writes times. The sandbox writes UTC.'),
  BSG_CAMPAIGN_PATH: text('a path that ends in {task_id}, such as /sms/task/{task_id}', (path) =>
    /^(\/[\w-]+)*\/\{task_id\}$/.test(path),
  )
    .optional()
    .meta({
      description: "Path of campaigns, on which BSG's page and its SDKs differ.",
      default: 'auto-detected',
    }),
  BSG_MASS_STATUS: oneOf(['auto', 'off'])
    .default('auto')
    .describe('Whether statuses are fetched up to 100 at a time (`POST /sms/getStatus`): detected, or never.'),
  BSG_TIMEOUT_MS: wholeNumber(100, 120_000)
    .default(10_000)
    .describe(
      'Deadline of one fetch with all its attempts; milliseconds. One attempt gets half of it, or all of it with `BSG_RETRIES=0`.',
    ),
  BSG_RETRIES: wholeNumber(0, 10).default(2).describe('Attempts after the first, for network errors, 5xx and 429.'),
  BSG_MAX_CONCURRENCY: wholeNumber(1, 10_000).default(50).describe('Concurrent requests to BSG.'),
  ...proxyVariables,
};

/** Requests to BSG, or to the sandbox where there is no key. */
export const bsg = z
  .object({
    ...bsgVariables,
    SANDBOX_PORT: sandboxVariables.SANDBOX_PORT,
    NODE_ENV: httpVariables.NODE_ENV,
    WORKERS: httpVariables.WORKERS,
  })
  .refine(
    ({ BSG_API_KEY, NODE_ENV }) => BSG_API_KEY !== undefined || !NODE_ENV,
    errorOf('BSG_API_KEY', 'required in production (NODE_ENV=production), where answers of the sandbox would mislead'),
  )
  .refine(
    ({ BSG_API_KEY, BSG_BASE_URL }) => BSG_API_KEY !== undefined || BSG_BASE_URL === undefined,
    errorOf('BSG_API_KEY', 'required with BSG_BASE_URL; without a key the sandbox answers'),
  )
  .refine(
    ({ BSG_API_KEY, WORKERS }) => BSG_API_KEY !== undefined || !(WORKERS > 1),
    errorOf('BSG_API_KEY', 'required with WORKERS; the sandbox serves one process'),
  )
  .transform((env) => ({
    ...(env.BSG_API_KEY === undefined
      ? { baseUrl: `http://127.0.0.1:${env.SANDBOX_PORT}/rest`, apiKey: SANDBOX_KEY, timezone: 'UTC', proxy: null }
      : {
          /** Without a slash at the end. */
          baseUrl: (env.BSG_BASE_URL ?? DEFAULT_BASE_URL).replace(/\/+$/, ''),
          apiKey: env.BSG_API_KEY,
          /** IANA time zone in which BSG writes times. */
          timezone: env.BSG_TIMEZONE,
          /** Address of the HTTP proxy in front of BSG, null: none. May hold a password: never printed. */
          proxy: proxyFor(env.BSG_BASE_URL ?? DEFAULT_BASE_URL, env),
        }),
    /** Such as `/sms/task/{task_id}`; null: it is detected. */
    campaignPath: env.BSG_CAMPAIGN_PATH ?? null,
    /** Whether statuses are fetched up to 100 at a time: detected, or never. */
    massStatus: env.BSG_MASS_STATUS,
    /** Deadline of one fetch with all its attempts. */
    timeoutMs: env.BSG_TIMEOUT_MS,
    /** Concurrent requests to BSG. */
    maxConcurrency: env.BSG_MAX_CONCURRENCY,
    /** Attempts after the first. */
    retries: env.BSG_RETRIES,
  }));

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
