/** Results as clients see them: without what Yoga keeps in the extensions of errors for itself. */
import type { FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';

/** A result with public errors. */
export function toPublicResult<Result extends { readonly errors?: readonly GraphQLError[] | undefined }>(
  result: Result,
): FormattedExecutionResult {
  const { errors } = result;
  return { ...result, ...(errors === undefined ? {} : { errors: errors.map(toPublicError) }) };
}

/** An error without its HTTP status and headers. */
export function toPublicError(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {}, ...formatted } = error.toJSON();
  const { http, unexpected, ...shown } = extensions;
  return Object.keys(shown).length === 0 ? formatted : { ...formatted, extensions: shown };
}
