import { describe, expect, it } from 'vitest';
import { runProgram } from '../helpers/process.ts';

/** Prints a line as soon as the program handles a signal. */
const WATCH = `data:text/javascript,process.on('newListener', (name) => name === 'SIGTERM' && console.log('handled'))`;
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
    expect(await program.ended).toBe(0);
    expect(program.output()).toBe('handled\n');
  });
});
