/** The section `cache` of the configuration: which statuses are cached, where and how long. */
import { z } from 'zod';
import { isSet, text, wholeNumber } from './values.ts';

/** The variables of the section. */
export const cacheVariables = {
  CACHE_TTL_MS: wholeNumber(0, 999_999_999)
    .default(2_000)
    .describe('TTL of a status that can still change, and of "not found"; milliseconds, 0: not cached.'),
  CACHE_FINAL_TTL_MS: wholeNumber(0, 999_999_999)
    .default(86_400_000)
    .describe('TTL of a final status; milliseconds, a day by default, 0: not cached.'),
  CACHE_STALE_IF_ERROR_MS: wholeNumber(0, 999_999_999)
    .default(600_000)
    .describe(
      'How long after its TTL a status is served while BSG is unavailable; milliseconds, 10 minutes by default, 0: never.',
    ),
  CACHE_MAX_ENTRIES: wholeNumber(1, 10_000_000)
    .default(100_000)
    .describe('Entries in memory; a message takes two, one by id and one by reference.'),
  RESPONSE_CACHE_BYTES: wholeNumber(0, 999_999_999)
    .default(33_554_432)
    .describe('Memory for the responses to hot queries; 32 MiB by default, 0: none are stored.'),
  REDIS_URL: text('redis://host:port, rediss://host:port or redis+sentinel://host:port,host:port/name', isRedisUrl)
    .optional()
    .meta({ description: 'Redis that instances share. Unused with the sandbox.', secret: true }),
};

/** Which statuses are cached, where and how long. */
export const cache = z.object({ ...cacheVariables, BSG_API_KEY: isSet }).transform((env) => ({
  /** TTL of a final status. */
  finalTtlMs: env.CACHE_FINAL_TTL_MS,
  /** TTL of a status that can still change. */
  pendingTtlMs: env.CACHE_TTL_MS,
  /** How long after its TTL a status is served while BSG is unavailable. */
  staleIfErrorMs: env.CACHE_STALE_IF_ERROR_MS,
  maxEntries: env.CACHE_MAX_ENTRIES,
  /** Memory for stored responses; 0: none are stored. */
  responseCacheBytes: env.RESPONSE_CACHE_BYTES,
  /** The Redis that instances share; null: none, as with the sandbox, whose data ends with it. May hold a password: never printed. */
  redisUrl: env.BSG_API_KEY ? (env.REDIS_URL ?? null) : null,
}));

const SENTINELS = /^rediss?\+sentinel:\/\/(?:[^@/]*@)?([^@/?#]+)\/[^/?#]+(?:\/\d+)?(?:\?sentinelPassword=[^&#]+)?$/;

/** An address of a server, or of Sentinels, which share the part of the host and are no URL therefore. */
function isRedisUrl(url: string): boolean {
  // With a % that encodes nothing.
  if (/%(?![0-9A-Fa-f]{2})/.test(url)) return false;
  const hosts = SENTINELS.exec(url)?.[1];
  if (hosts === undefined) return /^rediss?:\/\/./.test(url) && URL.canParse(url);
  return hosts.split(',').every((host) => host !== '' && URL.canParse(`redis://${host}`));
}
