import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

describe('the configuration', () => {
  it('requires no variable: the sandbox answers', () => {
    expect(readConfig({})).toEqual({
      isProduction: false,
      http: {
        host: '127.0.0.1',
        port: 4_000,
        isLocal: true,
        opsPort: null,
        shutdownMs: 10_000,
        workers: 1,
        proxies: 0,
        corsOrigins: ['loopback'],
      },
      auth: null,
      queries: { introspection: true, maxCost: 5_000, costPerMinute: 60_000, maxBatchSize: 100, trusted: null },
      bsg: {
        baseUrl: 'http://127.0.0.1:4010/rest',
        apiKey: 'live_sandbox',
        timezone: 'UTC',
        proxy: null,
        campaignPath: null,
        massStatus: 'auto',
        timeoutMs: 10_000,
        maxConcurrency: 50,
        retries: 2,
      },
      cache: {
        finalTtlMs: 86_400_000,
        pendingTtlMs: 2_000,
        staleIfErrorMs: 600_000,
        maxEntries: 100_000,
        responseCacheBytes: 33_554_432,
        redisUrl: null,
      },
      live: { intervalMs: 2_000, maxStreams: 20_000, webhookSecret: null },
      log: { level: 'info' },
      sandbox: { port: 4_010, hasMassStatus: true },
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readConfig({ PORT: '', BSG_API_KEY: ' ', BSG_TIMEZONE: '' })).toEqual(readConfig({}));
  });

  it('is frozen throughout', () => {
    const { queries, auth } = readConfig({ AUTH_TOKENS: 'web:token_of_web_0123456789' });
    expect(() => Object.assign(queries, { maxCost: 1 })).toThrow(TypeError);
    expect(() => Object.assign(auth?.tokens[0] ?? {}, { name: 'other' })).toThrow(TypeError);
  });

  it('reports every invalid variable of every section at once, and what is missing beside them', () => {
    const message = configErrorOf({
      NODE_ENV: 'production',
      PORT: 'http',
      WORKERS: '2',
      AUTH_ISSUER: 'https://issuer.example/',
      BSG_TIMEZONE: 'Mars/Base',
      MAX_BATCH_SIZE: '0',
    });
    expect(message.split('\n')).toEqual([
      'Invalid configuration:',
      '  PORT is "http": expected a whole number from 0 to 65535',
      '  OPS_PORT is not set: required with WORKERS, for the metrics of all workers',
      expect.stringMatching(/^ {2}AUTH_TOKENS is not set: /),
      '  AUTH_JWKS_URL is not set: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are required together',
      '  AUTH_AUDIENCE is not set: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are required together',
      '  MAX_BATCH_SIZE is "0": expected a whole number from 1 to 10000',
      '  BSG_TIMEZONE is "Mars/Base": expected an IANA time zone such as Europe/Kyiv',
      expect.stringMatching(/^ {2}BSG_API_KEY is not set: required in production/),
      expect.stringMatching(/^ {2}BSG_API_KEY is not set: required with WORKERS/),
    ]);
  });

  it('reports a variable that several sections read once', () => {
    expect(configErrorOf({ WORKERS: 'x', SANDBOX_PORT: 'x' }).match(/ is "x"/g)).toHaveLength(2);
  });

  it('never shows a secret in an error, nor a password in an address', () => {
    const message = configErrorOf({
      BSG_API_KEY: 'live_secret with a blank',
      BSG_BASE_URL: 'https://user:secret@bsg.example/rest',
      REDIS_URL: 'http://:secret@redis',
      WEBHOOK_SECRET: 'short secret',
      AUTH_TOKENS: 'web:secret',
    });
    expect(message.split('\n').slice(1).toSorted()).toEqual([
      expect.stringMatching(/^ {2}AUTH_TOKENS is \(not shown\): /),
      expect.stringMatching(/^ {2}BSG_API_KEY is \(not shown\): expected/),
      expect.stringMatching(/^ {2}BSG_BASE_URL is \(not shown\): expected/),
      expect.stringMatching(/^ {2}REDIS_URL is \(not shown\): expected/),
      expect.stringMatching(/^ {2}WEBHOOK_SECRET is \(not shown\): expected/),
    ]);
    expect(message).not.toContain('secret');
  });
});
