import { type GraphQLResolveInfo, OperationTypeNode } from 'graphql';
import { requestError } from '../request/errors.ts';
import { PERSONAL_SCOPE } from '../security/caller.ts';
import type { Context } from './context.ts';

/** The answers that have been told already that something is withheld; the variables are made anew for each. */
const told = new WeakSet<object>();

/**
 * The resolver of a field with personal data. Unauthorized callers get null, and the response one error `FORBIDDEN`,
 * however many such fields it has.
 */
export function personal<Parent, Value>(read: (parent: Parent) => Value) {
  return (parent: Parent, _: object, { maySeePersonal }: Context, info: GraphQLResolveInfo): Value | null =>
    maySeePersonal ? read(parent) : withhold(info);
}

function withhold({ operation, variableValues, fieldName }: GraphQLResolveInfo): null {
  // The events of a subscription are answers of their own with the same variables.
  if (operation.operation === OperationTypeNode.QUERY) {
    if (told.has(variableValues)) return null;
    told.add(variableValues);
  }
  throw requestError('personalDataForbidden', { field: fieldName, scope: PERSONAL_SCOPE });
}
