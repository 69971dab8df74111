import { useGraphQlJit } from '@envelop/graphql-jit';
import { BREAK, type DocumentNode, Kind, OperationTypeNode, visit } from 'graphql';

/**
 * Compiles look-ups to JavaScript the first time they are asked, which about halves what a hot answer costs. Other
 * documents are interpreted, as graphql-jit 0.8.7 does not answer them right: a document of several operations (kept by the
 * document alone, it would be answered with the operation that came first), a mutation (a schema without any makes it
 * throw), and `_entities` (an entity that fails at once shortens the list; a variable within a literal of `_Any` is lost).
 */
export function useCompiledQueries() {
  const verdicts = new WeakMap<DocumentNode, boolean>();
  return useGraphQlJit(
    {},
    {
      enableIf({ document }) {
        const verdict = verdicts.get(document) ?? isCompilable(document);
        verdicts.set(document, verdict);
        return verdict;
      },
    },
  );
}

function isCompilable(document: DocumentNode): boolean {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.length === 1 && operations[0]?.operation === OperationTypeNode.QUERY && !asksForEntities(document);
}

function asksForEntities(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ name }) {
      if (name.value !== '_entities') return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}
