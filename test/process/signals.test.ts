import { describe, expect, it } from 'vitest';
import { runProgram } from '../helpers/process.ts';

/** Prints a line as soon as the program handles signals, and stops it there until something is written to it. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { readSync } from 'node:fs';
  function stop() {
    console.log('handled');
    readSync(0, Buffer.alloc(1));
  }
  process.on('newListener', (name) => name === 'SIGTERM' && queueMicrotask(stop));
`)}`;
const environment = { PORT: '0', SANDBOX_PORT: '0', OPS_PORT: '0' };

describe('a signal', () => {
  it.each([
    ['the server', [], {}],
    ['the server with workers', [], { WORKERS: '2' }],
    ['the sandbox', ['sandbox'], {}],
  ])('ends %s in order before it has loaded, with 0 and without a word', async (_, args, more) => {
    const program = runProgram(args, { ...environment, ...more }, 'dist/main.js', ['--import', WATCH]);
    await program.printed(/handled/);
    program.child.kill('SIGTERM');
    program.child.stdin?.write('x');
    expect(await program.ended).toBe(0);
    expect(program.output()).toBe('handled\n');
  });
});
