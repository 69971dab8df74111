import { collectFields, getDefinedRootType, shouldIncludeNode } from '@graphql-tools/utils';
import {
  type ExecutionArgs,
  type FieldNode,
  type GraphQLField,
  getArgumentValues,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import type { Variables } from './operation.ts';
import { fieldsWith, flagsOf, fragmentsOf, selects } from './selection.ts';

/** The fields below the root that can take a request to BSG. */
const lookupFieldsOf = fieldsWith(({ isLookup }) => isLookup === true);

/** A root field that an operation selects. */
interface RootField {
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
  readonly costPerKey: number;
}

/** The root fields of operations whose selection does not depend on variables. */
const fixedSelections = new WeakMap<OperationDefinitionNode, readonly RootField[]>();

/**
 * The lookups that an operation requests: one for each key in the arguments of its root fields, so that a batch of 100 costs
 * 100. Where a field is selected that can take a request of its own (`extensions.isLookup`), each key counts twice. Fields
 * that the executor skips do not count, and a field selected twice in one place counts once.
 */
export function costOf(
  args: Pick<ExecutionArgs, 'schema' | 'document'>,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  let selection = fixedSelections.get(operation);
  if (selection === undefined) {
    selection = rootFieldsOf(args, operation, variables);
    if (flagsOf(args.document).length === 0) fixedSelections.set(operation, selection);
  }
  let cost = 0;
  for (const { field, node, costPerKey } of selection) cost += keysIn(argumentsOf(field, node, variables)) * costPerKey;
  return cost;
}

function rootFieldsOf(
  { schema, document }: Pick<ExecutionArgs, 'schema' | 'document'>,
  operation: OperationDefinitionNode,
  variables: Variables,
): readonly RootField[] {
  const rootType = getDefinedRootType(schema, operation.operation);
  const fragments = fragmentsOf(document);
  const { fields } = collectFields(schema, fragments, { ...variables }, rootType, operation.selectionSet);
  const lookups = {
    fields: lookupFieldsOf(schema),
    fragments,
    includes: (node: SelectionNode) => shouldIncludeNode({ ...variables }, node),
  };
  return [...fields.values()].flatMap((nodes) => {
    const [node] = nodes;
    const field = node === undefined ? undefined : rootType.getFields()[node.name.value];
    if (node === undefined || field === undefined) return [];
    const hasLookups = nodes.some(({ selectionSet }) => selects(selectionSet, lookups));
    return [{ field, node, costPerKey: hasLookups ? 2 : 1 }];
  });
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
