/** The checks of graphql-cop 1.15, by what each sends and what it takes for a finding, on a server in production. */
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { graphqlPost } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

type Finding = (answer: Answer) => unknown;

const authorization = `Bearer ${TOKENS.plain}`;
const typename: Finding = ({ data }) => data?.['__typename'];

async function startServer() {
  const app = startApp((await startFakeBsg()).baseUrl, { NODE_ENV: 'production', AUTH_TOKENS });
  return async (path: string, init: RequestInit & { readonly headers?: Record<string, string> }): Promise<string> =>
    (await app.fetch(path, { ...init, headers: { authorization, ...init.headers } })).text();
}

/** @see https://github.com/dolevf/graphql-cop/tree/main/lib/tests */
const QUERIES: readonly (readonly [string, string, Finding])[] = [
  ['suggestions', '{ __schema { directive } }', ({ errors }) => errors?.[0]?.message.includes('Did you mean')],
  ['introspection', '{ __schema { types { name fields { name } } } }', ({ data }) => data],
  [
    'circular introspection',
    `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} } '.repeat(4)} } } }`,
    ({ data }) => data,
  ],
  [
    'alias overloading',
    `{ ${Array.from({ length: 101 }, (_, i) => `alias${i}:__typename`).join('\n')} }`,
    ({ data }) => data?.['alias100'],
  ],
  ['directive overloading', `{ __typename ${'@aa'.repeat(10)} }`, ({ errors }) => errors?.length === 10],
  ['tracing', '{ __typename }', (answer) => JSON.stringify(answer).includes('"tracing"')],
  ['unhandled errors', 'qwerty cop { abc }', ({ errors }) => errors?.[0]?.extensions?.['exception']],
];

describe('graphql-cop', () => {
  it.each(QUERIES)('finds no %s', async (_, query, finds) => {
    const send = await startServer();
    const body = { query: query.replace(/^\{/, 'query cop {'), operationName: 'cop' };
    expect(finds(JSON.parse(await send('/graphql', graphqlPost(body))))).toBeFalsy();
  });

  it('finds no batches', async () => {
    const send = await startServer();
    const batch = Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' }));
    expect(Object.keys(JSON.parse(await send('/graphql', graphqlPost(JSON.stringify(batch)))))).toEqual(['errors']);
  });

  it('finds no GraphiQL', async () => {
    const send = await startServer();
    expect(await send('/graphql', { headers: { accept: 'text/html' } })).not.toMatch(/graphi?ql.?playground|graphiql/i);
  });

  it('finds no mutation by GET, and no query by a form', async () => {
    const send = await startServer();
    expect(typename(JSON.parse(await send('/graphql?query=mutation+cop+%7B__typename%7D', {})))).toBeUndefined();
    const form = new URLSearchParams({ query: 'query cop { __typename }' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await send('/graphql', { method: 'POST', headers, body: form.toString() });
    expect(typename(JSON.parse(answer))).toBeUndefined();
  });

  it('finds queries by GET, which docs/security.md documents: the schema has no mutations, and pages of other sites are refused', async () => {
    const send = await startServer();
    expect(typename(JSON.parse(await send('/graphql?query=query+cop+%7B__typename%7D', {})))).toBe('Query');
  });
});
