import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';

/** A result as clients see it: without what Yoga keeps in the extensions of errors for itself. */
export function toPublicResult(result: ExecutionResult): FormattedExecutionResult {
  if (result.errors === undefined) return result as FormattedExecutionResult;
  return { ...result, errors: result.errors.map((error) => toPublicError(error.toJSON())) };
}

function toPublicError({ extensions = {}, ...error }: GraphQLFormattedError): GraphQLFormattedError {
  const { http, unexpected, ...shown } = extensions;
  return Object.keys(shown).length === 0 ? error : { ...error, extensions: shown };
}
