import { useGraphQlJit } from '@envelop/graphql-jit';
import { BREAK, type DocumentNode, Kind, OperationTypeNode, visit } from 'graphql';
import type { AdmittedRequest } from '../security/gate.ts';

/** Compiling takes longer than interpreting a few times, so a document has to come back before it is compiled. */
const COMPILED_AT_USE = 3;
/** Compiling takes half a millisecond a field; what is longer than this stays interpreted. */
const LONGEST_COMPILED = 10_000;

/**
 * Compiles look-ups that are asked again and again, which saves about a third of what a hot answer costs. Whatever
 * graphql-jit 0.8.7 does not answer to the letter like graphql-js is interpreted; see `isCompilable`.
 */
export function useCompiledQueries() {
  const uses = new WeakMap<DocumentNode, number>();
  return useGraphQlJit(
    {},
    {
      enableIf({ document, contextValue }) {
        const use = uses.get(document) ?? (isCompilable(document) ? 0 : Number.NEGATIVE_INFINITY);
        uses.set(document, use + 1);
        // Invalid variables are left to the interpreter, which says where they are.
        return (
          use + 1 >= COMPILED_AT_USE && (contextValue as { admitted: AdmittedRequest }).admitted.variables !== null
        );
      },
    },
  );
}

/**
 * One query, without directives, defaults of variables, `_entities`, and names that every object has: graphql-jit keeps a
 * document under its first operation, lets a directive reach into other selections of the same field, refuses a non-null
 * variable that has a default, shortens a list of entities by those that fail at once, and finds `constructor` anywhere.
 */
function isCompilable(document: DocumentNode): boolean {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operations.length !== 1 || operations[0]?.operation !== OperationTypeNode.QUERY) return false;
  if ((document.loc?.end ?? Number.POSITIVE_INFINITY) > LONGEST_COMPILED) return false;

  let isPlain = true;
  const stop = () => {
    isPlain = false;
    return BREAK;
  };
  visit(document, {
    Directive: stop,
    Name: ({ value }) => (value in Object.prototype ? stop() : undefined),
    VariableDefinition: ({ defaultValue }) => (defaultValue === undefined ? undefined : stop()),
    Field: ({ name }) => (name.value === '_entities' ? stop() : undefined),
  });
  return isPlain;
}
