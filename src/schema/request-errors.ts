import { type ExecutionResult, GraphQLError } from 'graphql';
import { createGraphQLError, maskError, type Plugin } from 'graphql-yoga';

type RequestError = NonNullable<ExecutionResult['errors']>[number];

/** A value takes some 100 bytes for as long as its request is answered; the largest batch of entities has 15,000. */
const MAX_VALUES = 30_000;

/** With `spec`, Yoga answers 200 to clients that accept only `application/json`, as GraphQL over HTTP wants it. */
const badRequest = { code: 'BAD_REQUEST', http: { status: 400, spec: true } };

/**
 * Says in a GraphQL error, with a code, what is wrong with a request, where Yoga and GraphQL themselves leave the code or
 * the words out: variables of the wrong kind, variables in the address that are no JSON, a body of an unknown type, an id as
 * a number that has lost digits and would ask for another message than was meant.
 */
export function useRequestErrors(): Plugin {
  return {
    onRequestParse({ request, requestParser }) {
      if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed();
      if (requestParser === undefined) throw unsupportedMediaType();
    },
    onParams({ params }) {
      const fault = faultOfVariables(params.variables);
      if (fault !== null) throw createGraphQLError(fault, { extensions: badRequest });
    },
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Symbol.asyncIterator in result || Array.isArray(result)) return;
      if (result.errors?.some(lacksCode)) setResult({ ...result, errors: result.errors.map(withCode) });
    },
  };
}

/**
 * What a client is told of an error: those that are meant for it as they are, of others no more than that there was one. One
 * is the client's own though no one says so: variables that are no JSON.
 */
export function maskRequestError(error: unknown, message: string): Error {
  const cause = error instanceof GraphQLError && error.path === undefined ? error.originalError : error;
  if (cause instanceof SyntaxError)
    return createGraphQLError('The variables are not JSON.', { extensions: badRequest });
  return maskError(error, message, false);
}

function methodNotAllowed(): GraphQLError {
  return createGraphQLError('Ask by POST, or by GET.', {
    extensions: { code: 'METHOD_NOT_ALLOWED', http: { status: 405, headers: { allow: 'GET, POST' } } },
  });
}

function unsupportedMediaType(): GraphQLError {
  return createGraphQLError('Send the query as application/json.', {
    extensions: { code: 'UNSUPPORTED_MEDIA_TYPE', http: { status: 415 } },
  });
}

/** Without recursion: a body may nest deeper than the stack. */
function faultOfVariables(variables: unknown): string | null {
  const open = [variables];
  for (let seen = 0; open.length > 0; seen++) {
    const value = open.pop();
    if (seen > MAX_VALUES) return `The variables have more than ${MAX_VALUES} values.`;
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return 'The variables have a number beyond 2^53, which JSON rounds: send ids as strings.';
    }
    if (typeof value !== 'object' || value === null) continue;
    for (const part of Object.values(value)) open.push(part);
  }
  return null;
}

/** An error of the request has no path, as nothing was resolved. */
function lacksCode({ path, extensions }: RequestError): boolean {
  return path === undefined && extensions?.['code'] === undefined;
}

function withCode(error: RequestError): RequestError {
  if (!lacksCode(error)) return error;
  const { message, nodes, extensions } = error;
  return new GraphQLError(message, { nodes: nodes ?? null, extensions: { ...extensions, ...badRequest } });
}
