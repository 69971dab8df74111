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

it('a cached id keeps nothing of the response that it came in', async () => {
  const bsg = await startFakeBsg((request, response) =>
    response.end(`{"error": 0, "id": ${request.key}, "status": "sent", "unknown": "${'x'.repeat(QUERY_CHARACTERS)}"}`),
  );
  const app = startApp(bsg.baseUrl, { RATE_LIMIT: '0' });
  // With 16 digits or more, which JavaScript may round.
  const send = (i: number) => app.query(`{ sms(id: "1234567890${100_000 + i}") { __typename } }`);
  for (let i = 0; i < 50; i++) expect(await send(i)).toMatchObject({ data: { sms: { __typename: 'Sms' } } });

  const before = heapBytes();
  for (let i = 0; i < QUERIES; i++) await send(1_000 + i);
  expect(heapBytes() - before).toBeLessThan((QUERIES * QUERY_CHARACTERS) / 2);
});

it('a cached result keeps nothing of the request that it was fetched for', async () => {
  const app = startApp((await startFakeBsg(respondWith({ error: 20 }))).baseUrl, { RATE_LIMIT: '0' });
  const send = (i: number) =>
    app.query(`{ smsByReference(reference: "unknown_reference_${i}") { __typename } } `.padEnd(QUERY_CHARACTERS, '#'));
  for (let i = 0; i < 50; i++) await send(i);

  const before = heapBytes();
  for (let i = 0; i < QUERIES; i++) await send(1_000 + i);
  expect(heapBytes() - before).toBeLessThan((QUERIES * QUERY_CHARACTERS) / 2);
});
