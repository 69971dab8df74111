import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { respondWith, startFakeBsg } from '../helpers/fake-bsg.ts';

const QUERIES = 300;
const QUERY_CHARACTERS = 30_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('a cached result keeps nothing of the request that it was fetched for', async () => {
  const app = startApp((await startFakeBsg(respondWith({ error: 20 }))).baseUrl, { RATE_LIMIT: '0' });
  const send = (i: number) =>
    app.query(`{ smsByReference(reference: "unknown_reference_${i}") { __typename } } `.padEnd(QUERY_CHARACTERS, '#'));
  for (let i = 0; i < 50; i++) await send(i);

  const before = heapBytes();
  for (let i = 0; i < QUERIES; i++) await send(1_000 + i);
  expect(heapBytes() - before).toBeLessThan((QUERIES * QUERY_CHARACTERS) / 2);
});
