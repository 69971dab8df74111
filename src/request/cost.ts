import { collectFields, getDefinedRootType, shouldIncludeNode } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from './operation.ts';

/** Costs of operations without variables, which are the same each time. */
const constantCosts = new WeakMap<OperationDefinitionNode, number>();

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
  const fragments = fragmentsOf(document);
  const { fields } = collectFields(schema, fragments, { ...variables }, rootType, operation.selectionSet);
  let cost = 0;
  for (const nodes of fields.values()) {
    const [node] = nodes;
    const field = node === undefined ? undefined : rootType.getFields()[node.name.value];
    if (node === undefined || field === undefined) continue;
    const hasLookups = nodes.some(({ selectionSet }) => selectsLookup(selectionSet, { schema, fragments, variables }));
    cost += keysIn(argumentsOf(field, node, variables)) * (hasLookups ? 2 : 1);
  }
  return cost;
}

/** What a selection is read with: types, fragments and variables. */
interface Selected {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Variables;
}

function selectsLookup(
  selectionSet: SelectionSetNode | undefined,
  selected: Selected,
  seen = new Set<string>(),
): boolean {
  const lookups = lookupFieldsOf(selected.schema);
  return (selectionSet?.selections ?? []).some((node) => {
    if (!shouldIncludeNode({ ...selected.variables }, node)) return false;
    if (node.kind === Kind.FIELD)
      return lookups.has(node.name.value) || selectsLookup(node.selectionSet, selected, seen);
    if (node.kind === Kind.INLINE_FRAGMENT) return selectsLookup(node.selectionSet, selected, seen);
    if (seen.has(node.name.value)) return false;
    seen.add(node.name.value);
    return selectsLookup(selected.fragments[node.name.value]?.selectionSet, selected, seen);
  });
}

const lookupFields = new WeakMap<GraphQLSchema, ReadonlySet<string>>();

/** The names of the fields below the root that can take a request to BSG. */
function lookupFieldsOf(schema: GraphQLSchema): ReadonlySet<string> {
  const known = lookupFields.get(schema);
  if (known !== undefined) return known;
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()) : [],
  );
  const names = new Set(fields.filter(({ extensions }) => extensions['isLookup'] === true).map(({ name }) => name));
  lookupFields.set(schema, names);
  return names;
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
