import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/config/config.ts';

const compose = parse(await readFile('examples/deploy/compose.yaml', 'utf8'), { merge: true });
const BASE = 'examples/deploy/kubernetes/base';
const KUBECTL = '/usr/bin/kubectl';
const deployment = parse(await readFile(`${BASE}/deployment.yaml`, 'utf8'));
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'compose.yaml': compose.services.server.environment,
  'deployment.yaml': Object.fromEntries(container.env.map(({ name, value }: Variable) => [name, value])),
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
    const rest = Object.entries(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:[-?](.*?)\}/, '$1').replaceAll(' ', ''),
    ]);
    const config = readConfig({ NODE_ENV: 'production', ...Object.fromEntries(rest), ...secrets });
    expect(config.http.host).toBe('0.0.0.0');
  });
});

it('Kubernetes waits for the graceful shutdown before it kills a pod', () => {
  const drainMs = Number(environments['deployment.yaml']?.['SHUTDOWN_MS']);
  const preStopMs = 1_000 * container.lifecycle.preStop.sleep.seconds;
  expect(1_000 * pod.terminationGracePeriodSeconds).toBeGreaterThan(preStopMs + drainMs);
});

describe.skipIf(!existsSync(KUBECTL))('Kustomize', () => {
  it.each([
    ['base', 5],
    ['monitoring', 6],
  ])('builds %s, whose selectors all select the pods, by ports that the pods have', async (folder, count) => {
    const built = await promisify(execFile)(KUBECTL, ['kustomize', `examples/deploy/kubernetes/${folder}`]);
    const objects = parseAllDocuments(built.stdout).map((each) => each.toJS());
    const labels = { 'app.kubernetes.io/name': 'bsg-graphql' };
    const ports = new Set(container.ports.map(({ name }: Variable) => name));

    expect(objects).toHaveLength(count);
    for (const { kind, spec } of objects) {
      const selector = spec.podSelector?.matchLabels ?? spec.selector?.matchLabels ?? spec.selector;
      if (kind === 'HorizontalPodAutoscaler') expect(spec.scaleTargetRef.name).toBe(deployment.metadata.name);
      else expect({ kind, selector }).toEqual({ kind, selector: labels });
    }
    const [policy] = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    for (const { ports: allowed } of policy.spec.ingress) for (const { port } of allowed) expect(ports).toContain(port);
  });
});
