/** The HTTP proxy in front of BSG: a part of the section `bsg` of the configuration. */
import type { z } from 'zod';
import type { Environment } from './environment.ts';
import { splitList, text } from './values.ts';

const address = text(
  'http://host:port or https://host:port, with user:password@ where the proxy requires it',
  (url) => /^https?:\/\/[^\s/?#]+\/?$/.test(url) && URL.canParse(url),
).optional();

/** The variables of the proxy. All but the first are those of Node itself. */
export const proxyVariables = {
  BSG_PROXY: address.meta({
    description:
      'HTTP proxy for requests to BSG. It resolves the name and opens a tunnel (`CONNECT`). Unused with the sandbox.',
    secret: true,
  }),
  NODE_USE_ENV_PROXY: text('any text').optional().meta({
    description:
      '`1`: without `BSG_PROXY`, the three below count, in capital or small letters. Node from 22.21 on reads them too, for `AUTH_JWKS_URL`.',
  }),
  HTTPS_PROXY: address.meta({ description: 'HTTP proxy for an https `BSG_BASE_URL`.', secret: true }),
  HTTP_PROXY: address.meta({ description: 'HTTP proxy for an http `BSG_BASE_URL`.', secret: true }),
  NO_PROXY: text('host names, suffixes such as .example.com, or *, separated by commas')
    .optional()
    .meta({ description: 'Hosts that are reached without a proxy, each with or without a port.' }),
};

/** The environment, in which Node's variables are absent unless they are switched on. Small letters come first, as in Node. */
export function withNodeProxy(environment: Environment): Environment {
  const isOn = environment['NODE_USE_ENV_PROXY'] === '1';
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
  const values = names.map((name) => [name, isOn ? (environment[name.toLowerCase()] ?? environment[name]) : undefined]);
  return { ...environment, ...Object.fromEntries(values) };
}

/** The address of the proxy for requests to `url`; null: none. */
export function proxyFor(url: string, env: z.output<z.ZodObject<typeof proxyVariables>>): string | null {
  if (env.BSG_PROXY !== undefined) return env.BSG_PROXY;
  const { protocol, hostname, port } = new URL(url);
  const isHttps = protocol === 'https:';
  const isExempt = splitList(env.NO_PROXY ?? '').some((entry) =>
    matches(entry, hostname, port || (isHttps ? '443' : '80')),
  );
  return isExempt ? null : ((isHttps ? env.HTTPS_PROXY : env.HTTP_PROXY) ?? null);
}

/** Whether a host is one of an entry of `NO_PROXY`, such as `example.com`, `.example.com`, `*.example.com:8443` or `*`. */
function matches(entry: string, host: string, port: string): boolean {
  const [, wildcard, name = '', entryPort = port] = /^(\*?)(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  const isSuffix = wildcard === '*' || name.startsWith('.');
  return entryPort === port && (isSuffix ? host.endsWith(name) : host === name);
}
