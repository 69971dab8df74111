import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

const production = { NODE_ENV: 'production', BSG_API_KEY: 'live_x', AUTH: 'none' };

describe('the configuration of the process and its ports', () => {
  it('takes each variable', () => {
    const environment = {
      BSG_API_KEY: 'live_x',
      PORT: '0',
      HOST: '::1',
      OPS_PORT: '9090',
      SHUTDOWN_MS: '0',
      WORKERS: '2',
      TRUST_PROXY: '1',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:3000',
    };
    expect(readConfig(environment).http).toEqual({
      host: '::1',
      port: 0,
      isLocal: true,
      opsPort: 9_090,
      shutdownMs: 0,
      workers: 2,
      proxies: 1,
      corsOrigins: ['https://app.example.com', 'http://localhost:3000'],
    });
  });

  it('listens on all interfaces in production, unless HOST is set', () => {
    expect(readConfig(production)).toMatchObject({ isProduction: true, http: { host: '0.0.0.0' } });
    expect(readConfig({ ...production, HOST: '127.0.0.1' }).http.host).toBe('127.0.0.1');
  });

  it('serves this machine alone on loopback, until authentication is chosen', () => {
    for (const HOST of ['localhost', '127.0.0.2', '::1']) expect(readConfig({ HOST }).http.isLocal).toBe(true);
    expect(readConfig({ AUTH: 'none' }).http.isLocal).toBe(false);
    expect(readConfig({ AUTH_TOKENS: 'web:token_of_web_0123456789' }).http.isLocal).toBe(false);
  });

  it('requires a port for operators with workers', () => {
    expect(configErrorOf({ BSG_API_KEY: 'live_x', WORKERS: '2' })).toContain(
      'OPS_PORT is not set: required with WORKERS',
    );
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['HOST', 'a b'],
    ['WORKERS', '0'],
    ['SHUTDOWN_MS', '1.5'],
    ['SHUTDOWN_MS', '1e3'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://app.example.com; https://other.example.com'],
    ['CORS_ORIGINS', 'https://*.example.com'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ [name]: value })).toContain(`${name} is ${JSON.stringify(value)}: expected`);
  });
});
