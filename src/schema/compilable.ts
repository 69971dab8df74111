/** Documents as graphql-jit compiles them right. */
import { shouldIncludeNode } from '@graphql-tools/utils';
import {
  BREAK,
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  type NamedTypeNode,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';
import type { Variables } from '../request/operation.ts';

/** Compilation takes half a millisecond for each field; a longer document stays interpreted. */
const MAX_CHARACTERS = 10_000;

/** The type of all variables in a compiled query, as they are coerced before: any value, unchanged. */
const ANY: NamedTypeNode = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: '_Any' } };

type Selection = FieldNode | FragmentSpreadNode | InlineFragmentNode;

/**
 * Whether graphql-jit executes a query exactly like graphql-js, once {@link compilableOf} has rewritten it. It finds
 * `constructor` in any object, and drops the variables in a literal of a custom scalar.
 */
export function isCompilable(document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation !== OperationTypeNode.QUERY) return false;
  if ((document.loc?.end ?? Number.POSITIVE_INFINITY) > MAX_CHARACTERS) return false;

  let isPlain = true;
  const stop = () => {
    isPlain = false;
    return BREAK;
  };
  visit(document, {
    Name: ({ value }) => (value in Object.prototype ? stop() : undefined),
    ObjectValue: (literal) => void visit(literal, { Variable: stop }),
  });
  return isPlain;
}

/**
 * The operation as a document of its own, for these values of its flags: what `@skip` and `@include` exclude is left out,
 * because graphql-jit lets a directive reach into other selections of the same field. Its variables have no type and no
 * default, as they have been coerced, which graphql-jit would do again, and refuses for a non-null variable with a default.
 */
export function compilableOf(
  { definitions }: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): DocumentNode {
  const include = (node: Selection) => (shouldIncludeNode({ ...variables }, node) ? undefined : null);
  const fragments = definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  return visit(
    { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
    {
      Field: include,
      InlineFragment: include,
      FragmentSpread: include,
      Directive: () => null,
      VariableDefinition: ({ kind, variable }) => ({ kind, variable, type: ANY }),
    },
  );
}
