import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

describe('the configuration of requests to BSG', () => {
  it('is for BSG with a key, and has no sandbox', () => {
    const { bsg, sandbox } = readConfig({ BSG_API_KEY: 'live_x' });
    expect(bsg).toMatchObject({ baseUrl: 'https://api.bsg.world/rest', apiKey: 'live_x' });
    expect(sandbox).toBeNull();
  });

  it('takes each variable', () => {
    const environment = {
      BSG_API_KEY: 'live_x',
      BSG_BASE_URL: 'https://app.bsg.hk/rest/',
      BSG_TIMEZONE: 'Europe/Kyiv',
      BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
      BSG_MASS_STATUS: 'off',
      BSG_TIMEOUT_MS: '500',
      BSG_MAX_CONCURRENCY: '7',
      BSG_RETRIES: '0',
      BSG_PROXY: 'http://proxy:3128',
    };
    expect(readConfig(environment).bsg).toEqual({
      baseUrl: 'https://app.bsg.hk/rest',
      apiKey: 'live_x',
      timezone: 'Europe/Kyiv',
      proxy: 'http://proxy:3128',
      campaignPath: '/sms/task/{task_id}',
      massStatus: 'off',
      timeoutMs: 500,
      maxConcurrency: 7,
      retries: 0,
    });
  });

  it('reads times of the sandbox as UTC, whatever BSG_TIMEZONE is, at the port of the sandbox', () => {
    const { bsg, sandbox } = readConfig({ BSG_TIMEZONE: 'Europe/Kyiv', SANDBOX_PORT: '5010' });
    expect(bsg).toMatchObject({ timezone: 'UTC', baseUrl: 'http://127.0.0.1:5010/rest' });
    expect(sandbox).toMatchObject({ port: 5_010 });
  });

  it.each([
    ['in production', { NODE_ENV: 'production', AUTH: 'none' }],
    ['with BSG_BASE_URL', { BSG_BASE_URL: 'http://127.0.0.1:1/rest' }],
    ['with WORKERS', { WORKERS: '2', OPS_PORT: '9090' }],
  ])('requires a key %s', (when, environment) => {
    expect(configErrorOf(environment)).toContain(`BSG_API_KEY is not set: required ${when}`);
  });

  it.each([
    ['BSG_TIMEOUT_MS', '99'],
    ['BSG_BASE_URL', 'ftp://bsg'],
    ['BSG_BASE_URL', 'https://bsg.example/rest?'],
    ['BSG_BASE_URL', 'https://bsg.example/rest#'],
    ['BSG_BASE_URL', ' https://bsg.example/rest '],
    ['BSG_CAMPAIGN_PATH', 'task'],
    ['BSG_CAMPAIGN_PATH', '/sms/{task_id}/../../common/balance'],
    ['BSG_MASS_STATUS', 'on'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ BSG_API_KEY: 'live_x', [name]: value })).toContain(
      `${name} is ${JSON.stringify(value)}: expected`,
    );
  });
});
