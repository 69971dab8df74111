import { existsSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildGraphiql } from '../../src/build/graphiql.ts';
import { readFiles } from '../../src/graphiql/files.ts';

const isInstalled = existsSync('src/graphiql/browser/node_modules');

describe.skipIf(!isInstalled)('the committed files of the GraphiQL page', () => {
  it('are what the sources build; `npm run graphiql` writes them', async () => {
    const [built, committed] = [await buildGraphiql(), await readFiles()];
    expect([...committed.keys()].sort()).toEqual([...built.keys()].sort());
    const stale = [...built].filter(([name, content]) => !gunzipSync(committed.get(name) ?? '').equals(content));
    expect(stale.map(([name]) => name)).toEqual([]);
  });
});
