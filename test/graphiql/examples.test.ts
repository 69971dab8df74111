import { expect, it } from 'vitest';
import { EXAMPLES } from '../../src/graphiql/examples.ts';
import { startAppOnSandbox } from '../helpers/app.ts';

const queries = EXAMPLES.filter(({ query }) => !query.includes('subscription'));

it.each(queries.map((example) => [/query (\w+)/.exec(example.query)?.[1], example]))(
  'the example %s runs against the sandbox as it is',
  async (_, { query, variables = '{}' }) => {
    const { app } = await startAppOnSandbox();

    const { data, errors } = await app.query(query, JSON.parse(variables));

    expect(errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(data, withoutNow))).toMatchSnapshot();
  },
);

/** The moment of the answer is the one thing that differs from run to run. */
function withoutNow(key: string, value: unknown): unknown {
  return key === 'fetchedAt' ? 'now' : value;
}
