import { GraphQLError, GraphQLID } from 'graphql';

/**
 * The key that a federation representation carries. A representation is JSON of no schema, so what stands there is checked
 * as an argument of type ID would be: a string, or a whole number that some client writes in its place.
 */
export function entityKey(field: string, value: unknown): string {
  try {
    return GraphQLID.parseValue(value);
  } catch {
    throw new GraphQLError(`The representation has no ${field} that could be a key.`, {
      extensions: { code: 'INVALID_REPRESENTATION' },
    });
  }
}
