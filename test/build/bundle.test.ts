import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../helpers/process.ts';

describe('the bundle', () => {
  it('runs without node_modules, GraphiQL included', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bsg-graphql-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await cp('dist', folder, { recursive: true });

    const program = runProgram([], { PORT: '0', SANDBOX_PORT: '0' }, join(folder, 'main.js'));
    const [, address] = await program.printed(/GraphiQL +(\S+)/);

    const answer = await fetch(`${address}?query={sms(id:"211"){...on%20Sms{status}}}`);
    expect(await answer.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });
    const page = await fetch(String(address), { headers: { accept: 'text/html' } });
    const [, script] = /src="(.+page\.js)"/.exec(await page.text()) ?? [];
    expect((await fetch(new URL(script ?? '', address))).headers.get('content-type')).toContain('text/javascript');
  });

  it('has one copy of graphql, as two would reject types of each other', async () => {
    const files = (await readdir('dist')).filter((name) => name.endsWith('.js'));
    const code = (await Promise.all(files.map((name) => readFile(`dist/${name}`, 'utf8')))).join();
    expect(code.match(/from another module or realm/g)).toHaveLength(1);
  });

  it('ships the licences of the packages in it', async () => {
    const licences = await readFile('dist/LICENSES.txt', 'utf8');
    for (const name of ['graphql', 'graphql-yoga', 'graphiql', 'react', '@pothos/core', 'zod'])
      expect(licences).toContain(`\n${name}@`);
  });
});
