import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { deliveryLine } from '../../examples/typescript/delivery-line.ts';
import { startAppOnSandbox } from '../helpers/app.ts';
import { graphqlPost, listen } from '../helpers/http.ts';

it.each([
  ['ext_id_19', 'Delivered at 2017-01-17T09:11:41Z'],
  ['status_sent', 'On its way'],
  ['status_expired', 'Not delivered'],
  ['nobody', 'No such message'],
  ['fault_429', 'Status unknown, next try in 60 s'],
  ['fault_cut', 'Status unknown, next try in 30 s'],
  ['error_8', 'Please tell support: NOT_ENOUGH_FUNDS (Not enough funds)'],
])('the TypeScript example shows for the reference %s: %s', async (reference, line) => {
  const { app } = await startAppOnSandbox();
  const address = await listen(app.listener);

  expect(await deliveryLine(`${address}/graphql`, reference)).toBe(line);
});

it('a server with the manifest of the front end answers its documents by hash, and no other query', async () => {
  const manifest = 'examples/typescript/gql/persisted-documents.json';
  const { app } = await startAppOnSandbox({ PERSISTED_OPERATIONS: manifest });
  const post = async (params: object) =>
    (await app.fetch('/graphql', graphqlPost({ ...params, variables: { reference: 'status_sent' } }))).json();

  const documents = Object.entries<string>(JSON.parse(await readFile(manifest, 'utf8')));
  expect(documents).toHaveLength(1);
  for (const [documentId, query] of documents) {
    expect(await post({ documentId })).toMatchObject({ data: { smsByReference: { status: 'SENT' } } });
    expect(await post({ query })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] });
  }
});
