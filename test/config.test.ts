import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, readSandboxConfig } from '../src/config.ts';

function messageOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The environment was taken.');
}

describe('the environment', () => {
  it('needs nothing set: the sandbox answers', () => {
    expect(readConfig({})).toEqual({
      isProduction: false,
      http: {
        host: '127.0.0.1',
        port: 4000,
        isLocal: true,
        opsPort: null,
        shutdownMs: 10_000,
        workers: 1,
        proxies: 0,
        corsOrigins: [],
      },
      auth: null,
      queries: { introspection: true, maxCost: 5_000, costPerMinute: 60_000, trusted: null },
      bsg: {
        baseUrl: 'http://127.0.0.1:4010/rest',
        apiKey: 'live_sandbox',
        timezone: 'UTC',
        campaignPath: null,
        timeoutMs: 10_000,
        maxConcurrency: 50,
        retries: 2,
      },
      cache: {
        finalTtlMs: 86_400_000,
        pendingTtlMs: 2_000,
        staleIfErrorMs: 600_000,
        maxEntries: 100_000,
        redisUrl: null,
      },
      live: { intervalMs: 2_000, maxStreams: 20_000, webhookSecret: null },
      log: { level: 'info' },
      sandbox: { port: 4010, hasMassStatus: true },
      maxBatchSize: 100,
    });
  });

  it('with a key means BSG', () => {
    const { bsg, sandbox } = readConfig({ BSG_API_KEY: 'live_x', BSG_TIMEZONE: 'Europe/Kyiv' });
    expect(sandbox).toBeNull();
    expect(bsg).toMatchObject({ baseUrl: 'https://api.bsg.world/rest', apiKey: 'live_x', timezone: 'Europe/Kyiv' });
  });

  it('is read in full', () => {
    const config = readConfig({
      NODE_ENV: 'production',
      PORT: '0',
      BSG_API_KEY: 'live_x',
      BSG_BASE_URL: 'https://app.bsg.hk/rest/',
      BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
      BSG_TIMEOUT_MS: '500',
      BSG_MAX_CONCURRENCY: '7',
      BSG_RETRIES: '0',
      CACHE_FINAL_TTL_MS: '1',
      CACHE_TTL_MS: '0',
      CACHE_STALE_IF_ERROR_MS: '2',
      CACHE_MAX_ENTRIES: '4',
      REDIS_URL: 'rediss://user:password@redis:6380/1',
      LIVE_INTERVAL_MS: '500',
      LIVE_MAX_STREAMS: '7',
      WEBHOOK_SECRET: 'a-secret_of_16ch',
      LOG_LEVEL: 'warn',
      MAX_BATCH_SIZE: '3',
      OPS_PORT: '9090',
      SHUTDOWN_MS: '0',
      WORKERS: '2',
      TRUST_PROXY: '1',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:3000',
      AUTH_TOKENS: 'web:token_of_web_0123456789, support:token_of_support_01234:bsg:personal other',
      AUTH_JWKS_URL: 'https://issuer.example/keys?version=1',
      AUTH_ISSUER: 'https://issuer.example/',
      AUTH_AUDIENCE: 'bsg',
      INTROSPECTION: 'on',
      MAX_QUERY_COST: '5',
      RATE_LIMIT: '0',
      PERSISTED_OPERATIONS: 'test/fixtures/persisted-documents.json',
      PERSISTED_OPERATIONS_MODE: 'also',
    });
    expect(config).toEqual({
      isProduction: true,
      http: {
        host: '0.0.0.0',
        port: 0,
        isLocal: false,
        opsPort: 9_090,
        shutdownMs: 0,
        workers: 2,
        proxies: 1,
        corsOrigins: ['https://app.example.com', 'http://localhost:3000'],
      },
      auth: {
        tokens: [
          { name: 'web', token: 'token_of_web_0123456789', scopes: [] },
          { name: 'support', token: 'token_of_support_01234', scopes: ['bsg:personal', 'other'] },
        ],
        jwt: {
          jwksUrl: 'https://issuer.example/keys?version=1',
          issuer: 'https://issuer.example/',
          audience: 'bsg',
        },
      },
      queries: {
        introspection: true,
        maxCost: 5,
        costPerMinute: null,
        trusted: { documents: new Map([['hash', '{ __typename }']]), only: false },
      },
      bsg: {
        baseUrl: 'https://app.bsg.hk/rest',
        apiKey: 'live_x',
        timezone: 'UTC',
        campaignPath: '/sms/task/{task_id}',
        timeoutMs: 500,
        maxConcurrency: 7,
        retries: 0,
      },
      cache: {
        finalTtlMs: 1,
        pendingTtlMs: 0,
        staleIfErrorMs: 2,
        maxEntries: 4,
        redisUrl: 'rediss://user:password@redis:6380/1',
      },
      live: { intervalMs: 500, maxStreams: 7, webhookSecret: 'a-secret_of_16ch' },
      log: { level: 'warn' },
      sandbox: null,
      maxBatchSize: 3,
    });
    const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_x', AUTH: 'none' };
    expect(readConfig({ ...production, HOST: '::1' }).http.host).toBe('::1');
  });

  it('counts an empty variable as not set', () => {
    expect(readConfig({ PORT: '', BSG_API_KEY: ' ', BSG_TIMEZONE: '' })).toEqual(readConfig({}));
  });

  it('gives a configuration that nobody can change', () => {
    const config = readConfig({});
    expect(Object.isFrozen(config) && Object.isFrozen(config.bsg)).toBe(true);
  });

  it('names every bad variable at once, what was given and what is expected', () => {
    const message = messageOf({
      PORT: 'http',
      BSG_API_KEY: 'live_x',
      BSG_TIMEZONE: 'Mars/Base',
      BSG_RETRIES: '-1',
      MAX_BATCH_SIZE: '0',
      BSG_BASE_URL: 'ftp://bsg',
      BSG_CAMPAIGN_PATH: 'task',
    });
    expect(message.split('\n').toSorted()).toEqual(
      [
        'The environment is not as it should be:',
        '  PORT is "http": expected a whole number from 0 to 65535',
        '  BSG_TIMEZONE is "Mars/Base": expected an IANA time zone such as Europe/Kyiv',
        '  BSG_RETRIES is "-1": expected a whole number from 0 to 10',
        '  MAX_BATCH_SIZE is "0": expected a whole number from 1 to 10000',
        '  BSG_BASE_URL is "ftp://bsg": expected an http or https address without credentials, query or hash',
        '  BSG_CAMPAIGN_PATH is "task": expected a path that ends in {task_id}, such as /sms/task/{task_id}',
      ].toSorted(),
    );
  });

  it.each([
    ['BSG_TIMEOUT_MS', '99'],
    ['BSG_TIMEOUT_MS', '1e9'],
    ['BSG_MAX_CONCURRENCY', '1.5'],
    ['PORT', '65536'],
    ['SANDBOX_PORT', '-1'],
    ['SANDBOX_MASS_STATUS', 'auto'],
    ['BSG_BASE_URL', 'https://bsg.example/rest?'],
    ['BSG_BASE_URL', 'https://bsg.example/rest#'],
    ['BSG_BASE_URL', ' https://bsg.example/rest '],
    ['BSG_CAMPAIGN_PATH', '/sms/{task_id}/../../common/balance'],
    ['HOST', 'a b'],
    ['CACHE_TTL_MS', '2s'],
    ['CACHE_MAX_ENTRIES', '0'],
    ['LOG_LEVEL', 'loud'],
    ['AUTH', 'no'],
    ['AUTH_JWKS_URL', 'issuer.example/keys'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://app.example.com; https://other.example.com'],
    ['CORS_ORIGINS', 'https://*.example.com'],
    ['INTROSPECTION', 'yes'],
    ['PERSISTED_OPERATIONS_MODE', 'strict'],
    ['WORKERS', '0'],
  ])('does not take %s=%s', (name, value) => {
    expect(messageOf({ BSG_API_KEY: 'live_x', [name]: value })).toContain(
      `${name} is ${JSON.stringify(value)}: expected`,
    );
  });

  it('never shows the key, nor a password in an address', () => {
    const message = messageOf({
      BSG_API_KEY: 'live_secret with a blank',
      BSG_BASE_URL: 'https://user:secret@bsg.example/rest',
      REDIS_URL: 'http://:secret@redis',
      WEBHOOK_SECRET: 'short secret',
      AUTH_TOKENS: 'web:secret',
    });
    expect(message).toContain('AUTH_TOKENS is (not shown): entry 1 (web): the token has 6 characters');
    expect(message).toContain('WEBHOOK_SECRET is (not shown): expected');
    expect(message).toContain('BSG_BASE_URL is (not shown): expected');
    expect(message).toContain('BSG_API_KEY is (not shown): expected');
    expect(message).toContain('REDIS_URL is (not shown): expected redis://');
    expect(message).not.toContain('secret');
  });

  it('needs a key in production, and wherever BSG has an address', () => {
    expect(messageOf({ NODE_ENV: 'production' })).toContain('BSG_API_KEY is not set');
    expect(messageOf({ BSG_BASE_URL: 'http://127.0.0.1:1/rest' })).toContain('BSG_API_KEY is not set');
  });

  it.each([
    ['nowhere.json', 'there is no such file'],
    ['package.json', 'the file is not a manifest'],
    ['README.md', 'the file is not a manifest'],
  ])('does not take %s for the manifest of known operations', (path, fault) => {
    expect(messageOf({ PERSISTED_OPERATIONS: path })).toContain(`PERSISTED_OPERATIONS is "${path}": ${fault}`);
  });

  it('needs to be told who may ask wherever others can reach it', () => {
    expect(messageOf({ HOST: '0.0.0.0' })).toContain('AUTH_TOKENS is not set');
    expect(messageOf({ HOST: '::' })).toContain('AUTH_TOKENS is not set');
    for (const HOST of ['localhost', '127.0.0.2', '::1']) expect(readConfig({ HOST }).http.isLocal).toBe(true);
    expect(readConfig({ AUTH: 'none' }).http.isLocal).toBe(false);
    expect(readConfig({ AUTH_TOKENS: 'web:token_of_web_0123456789' }).http.isLocal).toBe(false);
  });

  it('bounds what may be asked for at once by what may be asked for in a minute', () => {
    expect(readConfig({ RATE_LIMIT: '50' }).queries.maxCost).toBe(50);
    expect(readConfig({ RATE_LIMIT: '0' }).queries.maxCost).toBe(5_000);
  });

  it('needs to be told in production who may ask, or that anyone may', () => {
    const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_x' };
    expect(messageOf(production)).toMatch(/AUTH_TOKENS is not set, nor AUTH_JWKS_URL: .*AUTH=none/);
    expect(readConfig({ ...production, AUTH: 'none' }).auth).toBeNull();
    expect(messageOf({ AUTH: 'none', AUTH_TOKENS: 'web:token_of_web_0123456789' })).toContain('AUTH is "none"');
  });

  it.each([
    ['web:token_of_web_0123456789,other:short', 'entry 2 (other): the token has 5 characters, expected 16 or more'],
    ['token_of_web_0123456789', 'entry 1: expected name:token or name:token:scopes'],
    ['web:token_of_web_0123456789,web:token_of_other_0123456789', 'expected each name once'],
    ['web:token_of_web_0123456789,other:token_of_web_0123456789', 'expected each token once'],
    ['web:token of web 0123456789', 'entry 1 (web): expected a token of A-Z'],
    [',', 'expected name:token'],
  ])('does not take the tokens %s: it says which is wrong and how, and does not show it', (tokens, fault) => {
    const message = messageOf({ AUTH_TOKENS: tokens });
    expect(message).toContain(`AUTH_TOKENS is (not shown): ${fault}`);
    expect(message).not.toContain('token_of');
  });

  it('has all of what JWTs need, or nothing of it', () => {
    expect(messageOf({ AUTH_JWKS_URL: 'https://issuer.example/keys' })).toContain(
      'AUTH_ISSUER and AUTH_AUDIENCE not set: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are needed together',
    );
    expect(messageOf({ AUTH_ISSUER: 'x', AUTH_AUDIENCE: 'y' })).toContain('AUTH_JWKS_URL not set');
  });

  it('tells nothing of the schema in production, unless asked to', () => {
    const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_x', AUTH: 'none' };
    expect(readConfig(production).queries.introspection).toBe(false);
    expect(readConfig({ ...production, INTROSPECTION: 'on' }).queries.introspection).toBe(true);
    expect(readConfig({ INTROSPECTION: 'off' }).queries.introspection).toBe(false);
  });

  it('has a key and a port for operators where there are workers', () => {
    const message = messageOf({ WORKERS: '2' });
    expect(message).toContain('BSG_API_KEY is not set: expected together with WORKERS');
    expect(message).toContain('OPS_PORT is not set: expected together with WORKERS');
  });

  it('of a sandbox alone is its port and whether it offers mass status', () => {
    expect(readSandboxConfig({ PORT: 'ignored', NODE_ENV: 'production' })).toEqual({ port: 4010, hasMassStatus: true });
    expect(readSandboxConfig({ SANDBOX_MASS_STATUS: 'off' })).toEqual({ port: 4010, hasMassStatus: false });
    expect(() => readSandboxConfig({ SANDBOX_PORT: 'x' })).toThrow('SANDBOX_PORT is "x"');
  });
});
