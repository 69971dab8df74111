/** The metrics in docs/operations.md are those of the server. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';

it('docs/operations.md lists each metric of the server, and no other', async () => {
  const page = await readFile('docs/operations.md', 'utf8');
  const [, table = ''] = page.split('\n## Metrics\n');
  const listed = new Set([...(table.split('\n## ')[0] ?? '').matchAll(/`(bsg_graphql_\w+)`/g)].map(([, name]) => name));

  const metrics = await (await startApp('http://127.0.0.1:1').fetch('/metrics')).text();
  const names = [...metrics.matchAll(/^# TYPE (bsg_graphql_\w+)/gm)].map(([, name]) => name);

  // Only where Redis is used.
  expect([...listed].filter((name) => name !== 'bsg_graphql_redis_up').sort()).toEqual(names.sort());
});
