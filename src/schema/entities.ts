/** Federation entities: keys and errors of `_entities`. */
import {
  GraphQLError,
  GraphQLID,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isUnionType,
  responsePathAsArray,
} from 'graphql';
import { requestError } from '../request/errors.ts';
import type { Context } from './context.ts';

/**
 * The key in a federation representation. A representation is JSON without a schema, so the key is validated as an argument
 * would be.
 *
 * @throws {GraphQLError} `INVALID_REPRESENTATION`
 */
export function entityKey(field: string, value: unknown): string {
  // A number beyond 2^53 has been rounded, and would be the key of another message.
  if (typeof value === 'string' || Number.isSafeInteger(value)) return GraphQLID.parseValue(value);
  throw requestError('representationInvalid', { reason: `The representation has no valid key ${field}.` });
}

/**
 * Makes `_entities` resolve each representation on its own: an invalid one is an error in its own place, where the resolver
 * of the federation library fails the whole list.
 */
export function resolveEntitiesAlone(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const resolveAll = field?.resolve;
  if (field === undefined || resolveAll === undefined) throw new Error('The schema has no entities.');

  field.resolve = (source, { representations }: { representations: readonly unknown[] }, context: Context, info) => {
    const listPath = responsePathAsArray(info.path);
    return representations.map(async (representation, i) => {
      try {
        if (!isOfEntity(representation, info))
          throw requestError('representationInvalid', {
            reason: 'The representation is of no entity of this subgraph.',
          });
        const entities = resolveAll(source, { representations: [representation] }, context, info);
        return await (Array.isArray(entities) ? entities[0] : null);
      } catch (error) {
        throw placed(error, [...listPath, i]);
      }
    });
  };
}

/**
 * The error with its path and without `locations`, which are the same for a whole list, and which graphql-js would compute
 * from the start of the query for each.
 */
function placed(error: unknown, path: readonly (string | number)[]): unknown {
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return error;
  return new GraphQLError(error.message, { path, extensions: error.extensions });
}

function isOfEntity(representation: unknown, { schema }: GraphQLResolveInfo): boolean {
  const entity = schema.getType('_Entity');
  if (!isUnionType(entity) || typeof representation !== 'object' || representation === null) return false;
  return '__typename' in representation && entity.getTypes().some(({ name }) => name === representation.__typename);
}
