/** The dashboard and the alert rules for operators, against the metrics that the server exports. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { graphqlPost, listen } from '../helpers/http.ts';

const DASHBOARD = 'examples/deploy/grafana.json';
const RULES = 'examples/deploy/alerts.yaml';
const PROMTOOL = '/usr/bin/promtool';

/** Only where Redis is used, and by Prometheus itself. */
const ELSEWHERE = ['bsg_graphql_redis_up', 'up'];

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const textOf = (path: string) => readFile(path, 'utf8');

/** Names of metrics in a PromQL expression. */
function metricsIn(expression: string): string[] {
  return expression.match(/\b(bsg_graphql|process|nodejs)_\w+/g) ?? [];
}

/** The names of the series that the server exports, and those that are only exported elsewhere. */
async function exportedNames(): Promise<ReadonlySet<string>> {
  const app = startApp('http://127.0.0.1:1', { BSG_RETRIES: '0' });
  await fetch(`${await listen(app.listener)}/graphql`, graphqlPost({ query: '{ sms(id: "1") { __typename } }' }));
  const metrics = await (await app.fetch('/metrics')).text();
  return new Set([...metrics.matchAll(/^([a-z]\w+)/gm)].map(([, name]) => name ?? '').concat(ELSEWHERE));
}

describe('the Grafana dashboard', () => {
  it('has no panel without a query, and no query of a metric that the server does not export', async () => {
    const { panels }: { readonly panels: readonly (Panel & { readonly type: string })[] } = JSON.parse(
      await textOf(DASHBOARD),
    );
    const exported = await exportedNames();
    for (const { title, type, targets = [] } of panels) {
      const names = targets.flatMap(({ expr }) => metricsIn(expr));
      expect({ title, isRow: type === 'row', hasQuery: names.length > 0 }).toEqual({
        title,
        isRow: type === 'row',
        hasQuery: type !== 'row',
      });
      expect({ title, unknown: names.filter((name) => !exported.has(name)) }).toEqual({ title, unknown: [] });
    }
  });

  it('shows every metric of docs/operations.md', async () => {
    const [page, dashboard] = await Promise.all([textOf('docs/operations.md'), textOf(DASHBOARD)]);
    const listed = new Set(page.match(/(?<=`)bsg_graphql_\w+(?=[`{])/g)?.map((name) => name.replace(/_count$/, '')));
    expect([...listed].filter((name) => !dashboard.includes(name))).toEqual([]);
  });
});

describe('the alert rules', () => {
  it('use no metric that the server does not export', async () => {
    const exported = await exportedNames();
    expect(metricsIn(await textOf(RULES)).filter((name) => !exported.has(name))).toEqual([]);
  });

  it('have a rule for each row of the table of alerts', async () => {
    const [page, rules] = await Promise.all([textOf('docs/operations.md'), textOf(RULES)]);
    const [table = ''] = page.split('\n## Alerts\n')[1]?.split('\n## ') ?? [];
    const signals = [...table.matchAll(/^\| (?!signal|---)(.*?) \| /gm)].map(([, signal]) => signal ?? '');
    expect(signals.length).toBeGreaterThan(5);
    for (const signal of signals.flatMap(metricsIn)) expect(rules).toContain(signal);
  });

  it.skipIf(!existsSync(PROMTOOL))('are valid for Prometheus', async () => {
    const { stdout } = await promisify(execFile)(PROMTOOL, ['check', 'rules', RULES]);
    expect(stdout).toContain('SUCCESS');
  });
});
