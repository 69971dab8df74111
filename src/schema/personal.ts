import { type GraphQLResolveInfo, OperationTypeNode } from 'graphql';
import { requestError } from '../request/errors.ts';
import { PERSONAL_SCOPE } from '../security/caller.ts';
import type { Context } from './context.ts';
import { PERSONAL } from './tags.ts';

/** Responses that have the error already, by their variables, which are an object of their own for each response. */
const reported = new WeakSet<object>();

/** Options of a field with personal data: for contracts, and for routers that authorize before they send a request. */
export const PERSONAL_FIELD: { readonly tag: string; readonly requiresScopes: (typeof PERSONAL_SCOPE)[][] } = {
  tag: PERSONAL,
  requiresScopes: [[PERSONAL_SCOPE]],
};

/**
 * The resolver of a field with personal data. Unauthorized callers get null, and the response one error `FORBIDDEN`,
 * however many such fields it has.
 */
export function personal<Parent, Value>(read: (parent: Parent) => Value) {
  return (parent: Parent, _: object, { maySeePersonal }: Context, info: GraphQLResolveInfo): Value | null =>
    maySeePersonal ? read(parent) : withhold(info);
}

function withhold({ operation, variableValues, fieldName }: GraphQLResolveInfo): null {
  // Each event of a subscription is a response of its own, with the same variables.
  if (operation.operation === OperationTypeNode.QUERY) {
    if (reported.has(variableValues)) return null;
    reported.add(variableValues);
  }
  throw requestError('personalDataForbidden', { field: fieldName, scope: PERSONAL_SCOPE });
}
