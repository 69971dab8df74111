/** Federation entities: keys and errors of `_entities`. */
import {
  GraphQLError,
  GraphQLID,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isUnionType,
  responsePathAsArray,
} from 'graphql';
import type { Campaign } from '../bsg/campaign.ts';
import type { Sms } from '../bsg/sms.ts';
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

/** The type of an entity, by the kind of its value. */
const ENTITY_TYPES = { sms: 'Sms', campaign: 'Campaign' } as const satisfies Record<(Sms | Campaign)['kind'], string>;

/** `resolveReference` of a type, where the federation library puts it. */
interface EntityExtensions {
  readonly apollo?: { readonly subgraph?: { readonly resolveReference?: ResolveReference } };
}

type ResolveReference = (representation: object, context: Context, info: GraphQLResolveInfo) => Promise<unknown>;

/**
 * Makes `_entities` resolve each representation on its own: an invalid one is an error in its own place, where the resolver
 * of the federation library fails the whole list. The list holds values and errors, no promises, which compiled queries
 * would put in the place of others when they reject.
 */
export function resolveEntitiesAlone(schema: GraphQLSchema): void {
  const field = schema.getQueryType()?.getFields()['_entities'];
  const entity = schema.getType('_Entity');
  if (field === undefined || !isUnionType(entity)) throw new Error('The schema has no entities.');
  const resolvers = new Map(entity.getTypes().map((type) => [type.name, resolveReferenceOf(type)]));

  entity.resolveType = ({ kind }: Sms | Campaign) => ENTITY_TYPES[kind];
  field.resolve = (_, { representations }: { representations: readonly unknown[] }, context: Context, info) => {
    const listPath = responsePathAsArray(info.path);
    const resolve = (representation: unknown, i: number): unknown => {
      try {
        const entity = resolverOf(representation, resolvers)(representation as object, context, info);
        return entity.catch((error: unknown) => placed(error, [...listPath, i]));
      } catch (error) {
        return placed(error, [...listPath, i]);
      }
    };
    return Promise.all(representations.map(resolve));
  };
}

function resolveReferenceOf({ name, extensions }: GraphQLObjectType): ResolveReference {
  const resolve = (extensions as EntityExtensions).apollo?.subgraph?.resolveReference;
  if (resolve === undefined) throw new Error(`The entity ${name} has no resolveReference.`);
  return resolve;
}

/** @throws {GraphQLError} `INVALID_REPRESENTATION` */
function resolverOf(representation: unknown, resolvers: ReadonlyMap<unknown, ResolveReference>): ResolveReference {
  const name = (representation as { readonly __typename?: unknown } | null)?.__typename;
  const resolve = resolvers.get(name);
  if (resolve !== undefined) return resolve;
  throw requestError('representationInvalid', { reason: 'The representation is of no entity of this subgraph.' });
}

/**
 * The error with its path and without `locations`, which are the same for a whole list, and which graphql-js would compute
 * from the start of the query for each.
 */
function placed(error: unknown, path: readonly (string | number)[]): unknown {
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return error;
  return new GraphQLError(error.message, { path, extensions: error.extensions });
}
