import { isDeepStrictEqual } from 'node:util';
import {
  type ExecutionArgs,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { PERSONAL } from '../schema/tags.ts';
import type { AdmittedRequest } from '../security/gate.ts';
import { costOf } from './cost.ts';
import { fieldsWith, fragmentsOf, selects } from './selection.ts';

/** The one operation of a request that runs. */
export interface Operation {
  readonly type: OperationTypeNode;
  /** For the log, metrics and spans. Null where it has none, or none that a developer would give it. */
  readonly name: string | null;
  /** Whether it selects a field with personal data. Those that directives skip count as well. */
  readonly selectsPersonal: boolean;
}

/** The directive of fields with personal data, as the schema has it. */
const PERSONAL_TAG = { name: 'tag', args: { name: PERSONAL } };

const personalFieldsOf = fieldsWith(
  ({ directives }) => Array.isArray(directives) && directives.some((each) => isDeepStrictEqual(each, PERSONAL_TAG)),
);

/** Variables by their names, coerced to the types that the operation declares. */
export type Variables = Readonly<Record<string, unknown>>;

/** A longer name, or one with the digits of a phone number in it, was not given by a developer. */
const OPERATION_NAME = /^(?!.*\d{7})\w{1,64}$/;

/**
 * Finds the operation of each request, coerces its variables and counts its cost, for all that comes later. Has to be the first
 * plugin that sees an operation.
 */
export function useOperation(): Plugin<{ readonly admitted: AdmittedRequest }> {
  const fill = (args: ExecutionArgs) =>
    fillOperation((args.contextValue as { readonly admitted: AdmittedRequest }).admitted, args);
  return { onExecute: ({ args }) => fill(args), onSubscribe: ({ args }) => fill(args) };
}

/** Selects an operation of a document, with its variables as they were sent. */
export type OperationArgs = Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues'>;

/**
 * Sets the operation, variables and cost of a request, if the document has that operation. Deletes other variables from
 * `variableValues`.
 */
export function fillOperation(request: AdmittedRequest, args: OperationArgs): void {
  const definition = getOperationAST(args.document, args.operationName);
  if (definition == null) return;
  request.operation = operationOf(args, definition);
  request.document = args.document;
  request.definition = definition;
  request.variables = coerce(args, definition);
  request.cost = request.variables === null ? 0 : costOf(args, definition, request.variables);
}

/** A document that is kept comes back with the same definitions. */
const operations = new WeakMap<OperationDefinitionNode, Operation>();

function operationOf({ schema, document }: OperationArgs, definition: OperationDefinitionNode): Operation {
  let operation = operations.get(definition);
  if (operation === undefined) {
    const name = definition.name?.value ?? '';
    operation = {
      type: definition.operation,
      name: OPERATION_NAME.test(name) ? name : null,
      selectsPersonal: selects(definition.selectionSet, {
        fields: personalFieldsOf(schema),
        fragments: fragmentsOf(document),
        includes: () => true,
      }),
    };
    operations.set(definition, operation);
  }
  return operation;
}

/**
 * Also drops the variables that the operation does not declare: nothing reads them, and they would be kept for as long as it
 * runs.
 */
function coerce({ schema, variableValues }: OperationArgs, { variableDefinitions = [] }: OperationDefinitionNode) {
  const values = variableValues ?? {};
  const declared = new Set<string>();
  for (const { variable } of variableDefinitions) declared.add(variable.name.value);
  for (const name of Object.keys(values)) if (!declared.has(name)) Reflect.deleteProperty(values, name);
  if (declared.size === 0) return {};
  return getVariableValues(schema, variableDefinitions, values, { maxErrors: 1 }).coerced ?? null;
}
