import { collectFields, getDefinedRootType } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  getArgumentValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import type { Variables } from './operation.ts';

/** Costs of operations without variables, which are the same each time. */
const constantCosts = new WeakMap<OperationDefinitionNode, number>();

/**
 * The lookups that an operation requests: one for each key in the arguments of its root fields, so that a batch of 100 costs
 * 100. Counted as the executor goes: what is skipped, or selected twice in one place, does not count.
 */
export function costOf(
  args: Pick<ExecutionArgs, 'schema' | 'document'>,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const known = constantCosts.get(operation);
  if (known !== undefined) return known;
  const cost = count(args, operation, variables);
  if ((operation.variableDefinitions ?? []).length === 0) constantCosts.set(operation, cost);
  return cost;
}

function count(
  { schema, document }: Pick<ExecutionArgs, 'schema' | 'document'>,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const rootType = getDefinedRootType(schema, operation.operation);
  const { fields } = collectFields(schema, fragmentsOf(document), { ...variables }, rootType, operation.selectionSet);
  let cost = 0;
  for (const [node] of fields.values()) {
    const field = node === undefined ? undefined : rootType.getFields()[node.name.value];
    if (node !== undefined && field !== undefined) cost += keysIn(argumentsOf(field, node, variables));
  }
  return cost;
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

/** Empty where they are invalid, as then the field is not resolved. */
function argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): Variables {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

function keysIn(args: Variables): number {
  let keys = 0;
  for (const value of Object.values(args)) keys += Array.isArray(value) ? value.length : value == null ? 0 : 1;
  return keys;
}
