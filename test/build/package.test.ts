/** The package as `npm pack` makes it, in a folder with nothing else. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../helpers/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'bsg-graphql-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

let file = '';
beforeAll(() => {
  // Without `prepack`, as the tests have built already.
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  file = join(folder, execFileSync('npm', args, { encoding: 'utf8' }).trim());
}, 120_000);

/** Runs a command of the package by npx, without a network. */
function npx(...args: readonly string[]) {
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, PORT: '0', SANDBOX_PORT: '0' };
  const options = { cwd: folder, command: 'npx', isGroup: true };
  return run(['--yes', '--offline', '--package', file, 'bsg-graphql', ...args], environment, options);
}

describe('the packed package', () => {
  it('starts the server on the sandbox by npx, with GraphiQL and no other package', async () => {
    const program = npx();
    const [, address = ''] = await program.printed(/^GraphiQL +(\S+)$/m);

    const response = await fetch(`${address}?query={sms(id:"211"){...on%20Sms{status}}}`);
    expect(await response.json()).toEqual({ data: { sms: { status: 'DELIVERED' } } });
    expect((await fetch(address, { headers: { accept: 'text/html' } })).status).toBe(200);
  });

  it('starts the sandbox alone', async () => {
    const [, address = ''] = await npx('sandbox').printed(/(http:\/\/127\.0\.0\.1:\d+\/rest)/);
    const response = await fetch(`${address}/sms/211`, { headers: { 'x-api-key': 'test_key' } });
    expect(await response.json()).toMatchObject({ status: 'delivered' });
  });

  it('prints the schema, its usage and its version', async () => {
    const [schema, help, version] = [npx('schema', '--client'), npx('--help'), npx('--version')];
    expect(await Promise.all([schema.ended, help.ended, version.ended])).toEqual([0, 0, 0]);
    expect(buildSchema(schema.output()).getType('Sms')).toBeDefined();
    expect(help.output()).toMatch(/^Usage: bsg-graphql/);
    expect(version.output()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
