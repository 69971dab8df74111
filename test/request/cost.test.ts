import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost } from '../helpers/http.ts';

async function start(environment: Record<string, string>) {
  const bsg = await startFakeBsg();
  return { bsg, app: startApp(bsg.baseUrl, environment) };
}

const ids = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));
const list = (count: number) => `[${ids(count).map((id) => `"${id}"`)}]`;

describe('the cost of an operation', () => {
  it.each<[string, string, object, number]>([
    ['one message', '{ sms(id: "1") { __typename } }', {}, 1],
    ['a field that can take a request of its own', `{ smsBatch(ids: ${list(2)}) { found { timeIn } } }`, {}, 4],
    [
      'such a field in a fragment, twice',
      `{ smsBatch(ids: ${list(2)}) { results { ...F } found { ...F } } } fragment F on Sms { timeIn }`,
      {},
      4,
    ],
    [
      'such a field that is skipped',
      'query ($no: Boolean!) { sms(id: "1") { ... on Sms { timeIn @include(if: $no) } } }',
      { no: false },
      1,
    ],
    ['a batch', `{ smsBatch(ids: ${list(3)}, references: ["a"]) { found { id } } }`, {}, 4],
    ['campaigns', `{ campaigns(taskIds: ${list(4)}) { __typename } }`, {}, 4],
    ['a batch in a variable', 'query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id } } }', { ids: ids(4) }, 4],
    [
      'one value where a list is taken',
      'query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id } } }',
      { ids: '1' },
      1,
    ],
    ['a variable with a default', `query ($ids: [ID!] = ${list(4)}) { smsBatch(ids: $ids) { found { id } } }`, {}, 4],
    [
      'a batch by two names',
      `{ a: smsBatch(ids: ${list(2)}) { found { id } } b: smsBatch(ids: ${list(2)}) { found { id } } }`,
      {},
      4,
    ],
    ['a batch in a fragment', `{ ...F } fragment F on Query { smsBatch(ids: ${list(4)}) { found { id } } }`, {}, 4],
    [
      'entities',
      'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      { r: ids(4).map((id) => ({ __typename: 'Sms', id })) },
      4,
    ],
    [
      'the same field twice',
      `{ smsBatch(ids: ${list(4)}) { found { id } } smsBatch(ids: ${list(4)}) { errors { __typename } } }`,
      {},
      4,
    ],
    [
      'a field that is skipped',
      `{ sms(id: "1") { __typename } smsBatch(ids: ${list(9)}) @skip(if: true) { found { id } } }`,
      {},
      1,
    ],
    [
      'another operation of the document',
      `query A { sms(id: "1") { __typename } } query B { smsBatch(ids: ${list(9)}) { found { id } } }`,
      {},
      1,
    ],
  ])('is one for each lookup: %s', async (_, query, variables, cost) => {
    const operationName = query.includes('query B') ? 'A' : undefined;
    for (const [maxCost, isAllowed] of [
      [cost, true],
      [cost - 1, false],
    ] as const) {
      if (maxCost === 0) continue;
      const { bsg, app } = await start({ MAX_QUERY_COST: String(maxCost) });
      const response = await app.fetch('/graphql', graphqlPost({ query, variables, operationName }));
      const { data, errors } = await response.json();
      expect(response.status).toBe(isAllowed ? 200 : 400);
      if (isAllowed) expect([errors, typeof data]).toEqual([undefined, 'object']);
      else {
        expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE', cost, maxCost } }]);
        expect(bsg.paths).toEqual([]);
      }
    }
  });

  it('is limited for subscriptions, too', async () => {
    const { bsg, app } = await start({ MAX_QUERY_COST: '3' });
    const { errors } = await app.query(
      `subscription { smsUpdates(ids: ${list(4)}) { __typename } }`,
      {},
      { accept: 'application/json' },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_EXPENSIVE', cost: 4 } }]);
    expect(bsg.paths).toEqual([]);
  });

  it('is not counted for invalid variables, which are refused as such', async () => {
    const { app } = await start({ MAX_QUERY_COST: '1' });
    const { errors } = await app.query('query ($ids: [ID!]!) { smsBatch(ids: $ids) { found { id } } }', {});
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_REQUEST' } }]);
  });

  it('is never less than the upstream requests', async () => {
    const field = fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((id) => `sms(id: "${id}") { __typename }`),
      fc
        .array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 })
        .map((some) => `smsBatch(ids: ${JSON.stringify(some.map(String))}) { found { id } }`),
      fc
        .array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 })
        .map((some) => `campaigns(taskIds: ${JSON.stringify(some.map(String))}) { __typename }`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 20 }),
        async (fields, maxCost) => {
          const { bsg, app } = await start({
            MAX_QUERY_COST: String(maxCost),
            BSG_CAMPAIGN_PATH: '/sms/task/{task_id}',
          });
          const { errors } = await app.query(`{ ${fields.map((each, i) => `a${i}: ${each}`).join(' ')} }`);
          expect(bsg.paths.length).toBeLessThanOrEqual(errors === undefined ? maxCost : 0);
        },
      ),
      { numRuns: 50 },
    );
  });
});
