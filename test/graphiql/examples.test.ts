import { expect, it } from 'vitest';
import { EXAMPLES, type Example } from '../../src/graphiql/examples.ts';
import { startAppOnSandbox } from '../helpers/app.ts';
import { listen, subscribe } from '../helpers/http.ts';

const isLive = ({ query }: Example) => query.includes('subscription');
const queries = EXAMPLES.filter((example) => !isLive(example));
const subscriptions = EXAMPLES.filter(isLive);

it.each(queries.map((example) => [/^query (\w+)/m.exec(example.query)?.[1], example]))(
  'the example %s runs unchanged against the sandbox',
  async (_, { query, variables = '{}' }) => {
    const { app } = await startAppOnSandbox();

    const { data, errors } = await app.query(query, JSON.parse(variables));

    expect(errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(data, withoutNow))).toMatchSnapshot();
  },
);

it.each(subscriptions.map((example) => [/^subscription (\w+)/m.exec(example.query)?.[1], example]))(
  'the example %s streams from the sandbox unchanged',
  async (_, { query }) => {
    const { app } = await startAppOnSandbox();
    const events = subscribe(await listen(app.listener), query);
    expect(await events.next()).toMatchSnapshot();
  },
);

/** The time of the fetch is all that differs between runs. */
function withoutNow(key: string, value: unknown): unknown {
  return key === 'fetchedAt' ? 'now' : value;
}
