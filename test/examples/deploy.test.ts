import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config/config.ts';

const compose = parse(await readFile('examples/deploy/compose.yaml', 'utf8'), { merge: true });
const [deployment] = parseAllDocuments(await readFile('examples/deploy/kubernetes.yaml', 'utf8')).map((each) =>
  each.toJS(),
);
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'compose.yaml': compose.services.server.environment,
  'kubernetes.yaml': Object.fromEntries(container.env.map(({ name, value }: Variable) => [name, value])),
};

interface Variable {
  readonly name: string;
  readonly value: string;
}

describe.each(Object.entries(environments))('%s', (_, environment) => {
  it.each(Object.keys(environment))('sets %s, which is a variable of the server', (name) => {
    expect(() => readConfig({ [name]: 'no value of any' })).toThrow(`${name} is `);
  });

  it('is a valid configuration in production, once the secrets are filled in', () => {
    const secrets = { BSG_API_KEY: 'live_secret', AUTH_TOKENS: `shop:${'0'.repeat(64)}`, WEBHOOK_SECRET: '' };
    const rest = Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]);
    const config = readConfig({ NODE_ENV: 'production', ...Object.fromEntries(rest), ...secrets });
    expect(config.http.host).toBe('0.0.0.0');
  });
});

it('Kubernetes waits for the graceful shutdown before it kills a pod', () => {
  const drainMs = Number(environments['kubernetes.yaml']?.['SHUTDOWN_MS']);
  const preStopMs = 1_000 * container.lifecycle.preStop.sleep.seconds;
  expect(1_000 * pod.terminationGracePeriodSeconds).toBeGreaterThan(preStopMs + drainMs);
});
