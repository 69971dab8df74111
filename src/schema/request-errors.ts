/** Codes for the request errors that Yoga and graphql-js leave without one. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import { type GraphQLParams, maskError, type Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import { DOCUMENT_ID } from '../security/trusted-documents.ts';

type RequestError = NonNullable<ExecutionResult['errors']>[number];

/** A value takes some 100 bytes for as long as its request lasts; the largest batch of entities has 15,000. */
const MAX_VALUES = 30_000;

/** The parameters of a request. Any others are ignored, as GraphQL over HTTP has it; Yoga would refuse them. */
const PARAMS: ReadonlySet<string> = new Set(['query', DOCUMENT_ID, 'variables', 'operationName', 'extensions']);

/**
 * Validates requests where Yoga and graphql-js leave the code or the message out: methods, content types, variables of the wrong
 * type, variables in the URL that are not JSON, and ids as numbers that have lost digits and would find another message. Has to
 * come before whatever reads the parameters.
 */
export function useRequestErrors(): Plugin {
  return {
    onRequest({ request }) {
      const contentType = request.headers.get('content-type');
      // Yoga compares it in lower case.
      if (contentType !== null && /[A-Z]/.test(contentType))
        request.headers.set('content-type', contentType.toLowerCase());
    },
    onRequestParse({ request, requestParser }) {
      if (request.method !== 'GET' && request.method !== 'POST') throw requestError('methodNotAllowed');
      if (requestParser === undefined) throw requestError('mediaTypeUnsupported');
    },
    onParams({ params, setParams }) {
      setParams(knownParams(params));
      const error = validateVariables(params.variables);
      if (error !== null) throw error;
    },
    onExecutionResult({ result, setResult }) {
      if (result === undefined || Symbol.asyncIterator in result || Array.isArray(result)) return;
      if (result.errors?.some(lacksCode)) setResult({ ...result, errors: result.errors.map(withCode) });
    },
  };
}

/**
 * Masks unexpected errors; those that are meant for the client stay as they are. A `SyntaxError` is the client's own: variables or
 * extensions that are not JSON.
 */
export function maskRequestError(error: unknown, message: string): Error {
  const cause = error instanceof GraphQLError && error.path === undefined ? error.originalError : error;
  if (cause instanceof SyntaxError) return requestError('parametersNotJson');
  return maskError(error, message, false);
}

/** Leaves what is no object to Yoga, which refuses it. */
function knownParams(params: GraphQLParams): GraphQLParams {
  const isObject = typeof params === 'object' && params !== null && !Array.isArray(params);
  if (!isObject || Object.keys(params).every(isKnown)) return params;
  return Object.fromEntries(Object.entries(params).filter(([name]) => isKnown(name)));
}

function isKnown(name: string): boolean {
  return PARAMS.has(name);
}

/** The error of variables that have lost digits, or are too many. Without recursion: a body may nest deeper than the stack. */
export function validateVariables(variables: unknown): GraphQLError | null {
  const open = [variables];
  for (let seen = 0; open.length > 0; seen++) {
    const value = open.pop();
    if (seen > MAX_VALUES) return requestError('variablesTooMany', { maxValues: MAX_VALUES });
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return requestError('numberRounded');
    }
    if (typeof value !== 'object' || value === null) continue;
    for (const part of Array.isArray(value) ? value : Object.values(value)) open.push(part);
  }
  return null;
}

/** An error of the request has no path, as nothing was resolved. */
function lacksCode({ path, extensions }: RequestError): boolean {
  return path === undefined && extensions?.['code'] === undefined;
}

function withCode(error: RequestError): RequestError {
  if (!lacksCode(error)) return error;
  return requestError('variablesInvalid', { reason: error.message }, { nodes: error.nodes ?? null });
}
