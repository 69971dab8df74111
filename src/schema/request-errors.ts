import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/**
 * Gives the code `BAD_REQUEST` to errors of the request that GraphQL itself leaves without one, such as variables of the
 * wrong kind. They have no path, as nothing was resolved.
 */
export function useRequestErrorCodes(): Plugin {
  return {
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Symbol.asyncIterator in result || Array.isArray(result)) return;
      if (result.errors?.some(lacksCode)) setResult({ ...result, errors: result.errors.map(withCode) });
    },
  };
}

/** With `spec`, Yoga answers 200 to clients that accept only `application/json`, as GraphQL over HTTP wants it. */
const badRequest = { code: 'BAD_REQUEST', http: { status: 400, spec: true } };

type RequestError = NonNullable<ExecutionResult['errors']>[number];

function lacksCode({ path, extensions }: RequestError): boolean {
  return path === undefined && extensions?.['code'] === undefined;
}

function withCode(error: RequestError): RequestError {
  if (!lacksCode(error)) return error;
  const { message, nodes, extensions } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, ...badRequest } });
}
