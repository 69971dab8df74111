import fc from 'fast-check';
import { type ExecutionResult, execute, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createLoaders } from '../../src/loaders/loaders.ts';
import type { Context } from '../../src/schema/context.ts';
import { schema } from '../../src/schema/index.ts';
import { startAppOnSandbox, type TestApp } from '../helpers/app.ts';
import { startClient } from '../helpers/client.ts';
import { graphqlPost } from '../helpers/http.ts';
import { randomRequests } from '../helpers/random-requests.ts';

/** Repeats the query until it is compiled, and returns the first and the last response. */
async function queryUntilCompiled(app: TestApp, query: string, variables: object, operationName?: string) {
  const answers: ExecutionResult[] = [];
  for (let use = 1; use <= 4; use++) {
    const response = await app.fetch('/graphql', graphqlPost({ query, variables, operationName }));
    answers.push(await response.json());
  }
  const [first] = answers;
  const last = answers.at(-1);
  if (first === undefined || last === undefined) throw new Error('There is no response.');
  return { first, last };
}

/** One path on both sides: while it is being detected, the words of an error depend on which response comes first. */
const CAMPAIGN_PATH = '/sms/task/{task_id}';

/** What graphql-js itself answers, without the moment of the answer. */
async function queryInterpreter(baseUrl: string, query: string, variables: object): Promise<ExecutionResult> {
  const live = { updates: () => null };
  const contextValue: Context = {
    loaders: createLoaders(startClient(baseUrl, { campaignPath: CAMPAIGN_PATH })),
    live,
    maySeePersonal: true,
    maxBatchSize: 100,
  };
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  return JSON.parse(
    JSON.stringify(await execute({ schema, document, variableValues: { ...variables }, contextValue })),
  );
}

/** With the errors sorted, whose order depends on BSG, and without their places, which compiled queries leave out. */
function inOrder({ errors, ...rest }: ExecutionResult) {
  if (errors === undefined) return rest;
  const sorted = errors
    .map(({ message, path, extensions }) => ({ path, message, extensions }))
    .toSorted((a, b) => String(a.path).localeCompare(String(b.path)));
  return { errors: sorted, ...rest };
}

const message = '{ __typename ... on Sms { id s: status ...Times } ... on BsgErrorDetails { code subject } }';
const times = 'fragment Times on Sms { timeIn timeDr price isFinal }';

describe('a repeated query', () => {
  it.each<[string, object]>([
    [`query ($id: ID!) { sms(id: $id) ${message} } ${times}`, { id: '211' }],
    [`query ($id: ID!) { sms(id: $id) ${message} } ${times}`, { id: 211 }],
    [`query ($id: ID!) { sms(id: $id) ${message} } ${times}`, { id: null }],
    [`query ($id: ID!) { sms(id: $id) ${message} } ${times}`, {}],
    [`query ($id: ID!) { sms(id: $id) ${message} } ${times}`, { id: [1.5] }],
    [`query ($id: ID! = "211") { sms(id: $id) ${message} } ${times}`, {}],
    [`query ($ids: [ID!] = ["211"]) { smsBatch(ids: $ids) { found { id } } }`, {}],
    [`query ($ids: [ID!] = ["211"]) { smsBatch(ids: $ids) { found { id } } }`, { ids: null }],
    [`query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id } } }`, { ids: ['211', null] }],
    [`query ($ids: [ID!]) { smsBatch(ids: $ids) { found { id } } }`, { ids: '211' }],
    [`query ($a: Boolean!) { sms(id: "211") { __typename ... on Sms @include(if: $a) { id } } }`, { a: false }],
    [`query ($a: Boolean) { sms(id: "211") { __typename ... on Sms { status id @skip(if: $a) } } }`, { a: null }],
    [`{ b: sms(id: "305") ${message} a: sms(id: "404404") ${message} } ${times}`, {}],
    [
      `{ campaigns(taskIds: ["5001", "x"]) { ... on Campaign { taskId pending } ... on BsgErrorDetails { code } } }`,
      {},
    ],
    [`{ __schema { queryType { name fields { name args { name defaultValue } } } } }`, {}],
    [`{ __type(name: "SmsStatus") { enumValues { name description } } }`, {}],
  ])('has the result of its first time: %s with %j', async (query, variables) => {
    const { app, sandbox } = await startAppOnSandbox();

    const { first, last } = await queryUntilCompiled(app, query, variables);

    expect(JSON.stringify(last)).toBe(JSON.stringify(first));
    if (first.errors === undefined) expect(first).toEqual(await queryInterpreter(sandbox.baseUrl, query, variables));
  });

  it('has the result of graphql-js, whatever is selected', async () => {
    const { app, sandbox } = await startAppOnSandbox({ BSG_CAMPAIGN_PATH: CAMPAIGN_PATH });
    await fc.assert(
      fc.asyncProperty(randomRequests, async ({ query, variables }) => {
        const { last } = await queryUntilCompiled(app, query, variables);
        const expected = await queryInterpreter(sandbox.baseUrl, query, variables);
        expect(JSON.stringify(inOrder(last))).toBe(JSON.stringify(inOrder(expected)));
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['{ sms(id: "211") { ... on Sms { status } __typename } }', '{"status":"DELIVERED","__typename":"Sms"}'],
    [
      'query ($x: Boolean!) { sms(id: "211") { ...A @skip(if: $x) ... on Sms { id price } } } fragment A on Sms { price id }',
      '{"id":"211","price":0.23}',
    ],
  ])('keeps the order of its fields: %s', async (query, expected) => {
    const { app } = await startAppOnSandbox();
    const { first, last } = await queryUntilCompiled(app, query, { x: true });
    expect(JSON.stringify(first.data?.['sms'])).toBe(expected);
    expect(JSON.stringify(last.data?.['sms'])).toBe(expected);
  });

  it('is compiled for each set of values of its directives', async () => {
    const { app } = await startAppOnSandbox();
    const query =
      'query ($a: Boolean! = true, $b: Boolean!) { sms(id: "211") { ... on Sms { id @include(if: $a) status @skip(if: $b) } } }';
    const variables = [{ b: true }, { a: false, b: false }, { a: true, b: false }, { a: false, b: true }];
    for (const each of [...variables, ...variables, ...variables, ...variables]) {
      const { data } = await app.query<{ sms: object }, object>(query, each);
      expect(Object.keys(data.sms)).toEqual([...(each.a === false ? [] : ['id']), ...(each.b ? [] : ['status'])]);
    }
  });

  it('is compiled by its operation name in a document of several', async () => {
    const { app } = await startAppOnSandbox();
    const query =
      'query A { a: sms(id: "211") { ... on Sms { id } } } query B { b: sms(id: "305") { ... on Sms { id } } }';

    for (const _ of [1, 2]) {
      expect((await queryUntilCompiled(app, query, {}, 'A')).last).toEqual({ data: { a: { id: '211' } } });
      expect((await queryUntilCompiled(app, query, {}, 'B')).last).toEqual({ data: { b: { id: '305' } } });
    }
    expect((await queryUntilCompiled(app, query, {}, 'C')).last).toEqual({
      errors: [expect.objectContaining({ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })],
    });
  });
});
