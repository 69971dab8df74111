import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

interface Answer<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string }[];
}

/** Sends a typed document and returns its data. Throws where the request itself is at fault; errors of BSG are data. */
export async function send<Data, Variables>(
  endpoint: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors }: Answer<Data> = await response.json();
  if (errors?.[0] !== undefined) throw new Error(errors[0].message);
  if (data === undefined) throw new Error(`The server answered with HTTP ${response.status} and no data.`);
  return data;
}
