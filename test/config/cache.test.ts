import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

describe('the configuration of the cache', () => {
  it('takes each variable', () => {
    const environment = {
      BSG_API_KEY: 'live_x',
      CACHE_TTL_MS: '0',
      CACHE_FINAL_TTL_MS: '1',
      CACHE_STALE_IF_ERROR_MS: '2',
      CACHE_MAX_ENTRIES: '4',
      RESPONSE_CACHE_BYTES: '5',
      REDIS_URL: 'rediss://user:password@redis:6380/1',
    };
    expect(readConfig(environment).cache).toEqual({
      pendingTtlMs: 0,
      finalTtlMs: 1,
      staleIfErrorMs: 2,
      maxEntries: 4,
      responseCacheBytes: 5,
      redisUrl: 'rediss://user:password@redis:6380/1',
    });
  });

  it('shares nothing of a sandbox through Redis', () => {
    expect(readConfig({ REDIS_URL: 'redis://redis:6379' }).cache.redisUrl).toBeNull();
  });

  it.each([
    'redis://redis',
    'rediss://user:pass%40word@[::1]:6380/1',
    'redis+sentinel://one:26379,two,[::1]:26379/main',
    'rediss+sentinel://user:password@one:26379/main/1?sentinelPassword=of%20theirs',
  ])('accepts REDIS_URL=%s', (url) => {
    expect(readConfig({ BSG_API_KEY: 'live_x', REDIS_URL: url }).cache.redisUrl).toBe(url);
  });

  it.each([
    'redis:6379',
    'http://redis',
    'redis://one:1,two:2',
    'redis+sentinel://one:26379',
    'redis+sentinel:///main',
    'redis+sentinel://one,/main',
    'redis://user:%zz@one',
  ])('refuses REDIS_URL=%s without printing it', (url) => {
    expect(configErrorOf({ BSG_API_KEY: 'live_x', REDIS_URL: url })).toMatch(/REDIS_URL .*expected redis:/);
    expect(configErrorOf({ BSG_API_KEY: 'live_x', REDIS_URL: url })).not.toContain(url);
  });

  it.each([
    ['CACHE_TTL_MS', '2s'],
    ['CACHE_MAX_ENTRIES', '0'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ [name]: value })).toContain(`${name} is "${value}": expected`);
  });
});
