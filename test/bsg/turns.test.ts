import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turns } from '../../src/bsg/turns.ts';

it('requests that begin together are sent one by one, each before the next is built', async () => {
  const turns = new Turns();
  const log: string[] = [];
  async function request(name: string): Promise<void> {
    const turn = turns.take();
    if (turn !== null) await turn;
    log.push(`build ${name}`);
    // As node:http does with what is written to a connection that is open.
    process.nextTick(() => log.push(`send ${name}`));
  }
  await Promise.all(['a', 'b', 'c'].map(request));
  await turnOfTheLoop();
  expect(log).toEqual(['build a', 'send a', 'build b', 'send b', 'build c', 'send c']);
});

it('a request alone does not wait, nor one that begins later', async () => {
  const turns = new Turns();
  expect(turns.take()).toBeNull();
  expect(turns.take()).not.toBeNull();
  await turnOfTheLoop();
  expect(turns.take()).toBeNull();
});
