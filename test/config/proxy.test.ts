import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

const BSG = { BSG_API_KEY: 'live_x', BSG_BASE_URL: 'https://api.example.com/rest' };
const NODE = { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: 'http://proxy:3128' };
const proxyOf = (environment: Record<string, string>) => readConfig({ ...BSG, ...environment }).bsg.proxy;

describe('the proxy in front of BSG', () => {
  it.each<[string, Record<string, string>, string | null]>([
    ['none by default', {}, null],
    ['BSG_PROXY', { BSG_PROXY: 'http://user:word@proxy:3128' }, 'http://user:word@proxy:3128'],
    ['BSG_PROXY before those of Node', { ...NODE, BSG_PROXY: 'http://other:3128', NO_PROXY: '*' }, 'http://other:3128'],
    ['HTTPS_PROXY for https', { ...NODE, HTTP_PROXY: 'http://other:3128' }, 'http://proxy:3128'],
    ['HTTP_PROXY for http', { ...NODE, HTTP_PROXY: 'http://other:1', BSG_BASE_URL: 'http://bsg' }, 'http://other:1'],
    ['the one in small letters first', { ...NODE, https_proxy: 'http://small:3128' }, 'http://small:3128'],
    ['none where HTTPS_PROXY is not switched on', { HTTPS_PROXY: 'socks5://proxy' }, null],
    ['none on the sandbox', { ...NODE, HTTP_PROXY: 'http://proxy:1', BSG_API_KEY: '', BSG_BASE_URL: '' }, null],
  ])('is %s', (_, environment, expected) => {
    expect(proxyOf(environment)).toBe(expected);
  });

  it.each(['*', 'api.example.com', 'API.example.com:443', '.example.com', 'other, *.example.com', '*.com:443'])(
    'is none for a host of NO_PROXY=%s',
    (NO_PROXY) => {
      expect(proxyOf({ ...NODE, NO_PROXY })).toBeNull();
    },
  );

  it.each(['example.com', 'i.example.com', 'api.example.com:80', '.api.example.com'])(
    'is used for a host that is not of NO_PROXY=%s',
    (NO_PROXY) => {
      expect(proxyOf({ ...NODE, NO_PROXY })).toBe('http://proxy:3128');
    },
  );

  it.each(['socks5://proxy:1080', 'proxy:3128', 'http://user:word@proxy:port'])('is not accepted as %s', (address) => {
    expect(configErrorOf({ ...BSG, BSG_PROXY: address })).toContain('BSG_PROXY is (not shown)');
    expect(configErrorOf({ ...BSG, ...NODE, HTTPS_PROXY: address })).toContain('HTTPS_PROXY is (not shown)');
  });
});
