import { collectFields, getDefinedRootType } from '@graphql-tools/utils';
import {
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
} from 'graphql';

/**
 * The look-ups that an operation asks for: one for each key in the arguments of its root fields, so that a batch of 100
 * costs 100. Counted as the executor goes: what is skipped or asked for twice in one place does not count.
 */
export function costOf(args: ExecutionArgs): number {
  const { document } = args;
  const known = constantCosts.get(document);
  if (known !== undefined) return known;
  const cost = count(args);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const hasVariables = operations.some(({ variableDefinitions = [] }) => variableDefinitions.length > 0);
  if (operations.length === 1 && !hasVariables) constantCosts.set(document, cost);
  return cost;
}

/** Of documents whose cost is the same each time. */
const constantCosts = new WeakMap<DocumentNode, number>();

function count({ schema, document, operationName, variableValues }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName);
  if (operation == null) return 0;
  const variables = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues ?? {}, {
    maxErrors: 1,
  });
  if (variables.coerced === undefined) return 0;

  const rootType = getDefinedRootType(schema, operation.operation);
  const fragments = fragmentsOf(document);
  const { fields } = collectFields(schema, fragments, variables.coerced, rootType, operation.selectionSet);
  let cost = 0;
  for (const [node] of fields.values()) {
    const field = node === undefined ? undefined : rootType.getFields()[node.name.value];
    if (node !== undefined && field !== undefined) cost += keysIn(argumentsOf(field, node, variables.coerced));
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

/** Empty where they are not as they should be, as then the field is not resolved. */
function argumentsOf(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
) {
  try {
    return getArgumentValues(field, node, variables);
  } catch {
    return {};
  }
}

function keysIn(args: Readonly<Record<string, unknown>>): number {
  return Object.values(args).reduce<number>(
    (sum, value) => sum + (Array.isArray(value) ? value.length : value == null ? 0 : 1),
    0,
  );
}
