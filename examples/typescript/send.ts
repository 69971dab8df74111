import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

/** The response to a GraphQL request. */
interface GraphQLResponse<Data> {
  readonly data?: Data;
  readonly errors?: readonly { readonly message: string }[];
}

/**
 * Sends a typed document and returns its data. Errors of BSG are part of the data.
 * @throws Error with the first request error, or where the response has no data.
 */
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
  const { data, errors }: GraphQLResponse<Data> = await response.json();
  if (errors?.[0] !== undefined) throw new Error(errors[0].message);
  if (data === undefined) throw new Error(`The response has no data (HTTP ${response.status}).`);
  return data;
}
