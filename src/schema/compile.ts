import { type ExecutionArgs, type ExecutionResult, GraphQLError, type OperationDefinitionNode } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { Variables } from '../request/operation.ts';
import { flagsOf } from '../request/selection.ts';
import type { AdmittedRequest } from '../security/gate.ts';
import { compilableOf, isCompilable } from './compilable.ts';

/** Compilation takes longer than a few interpretations, so a query has to come back before it is compiled. */
const COMPILED_AT_USE = 3;
/** Characters of compiled queries; each takes up to 200 times the memory of its text. */
const MAX_CHARACTERS = 250_000;

/** An operation that can be compiled. */
interface Compilable {
  /** Unique. */
  readonly id: number;
  /** Each set of their values is compiled on its own. */
  readonly flags: readonly string[];
}

/** An operation with one set of values of its flags. */
interface Variant {
  uses: number;
  /** Undefined before its third use, null where graphql-jit refuses it. */
  query: CompiledQuery['query'] | null | undefined;
}

/**
 * Compiles hot queries (graphql-jit), which takes a tenth of the time that their interpretation takes. What it does not
 * execute exactly like graphql-js is interpreted, see {@link isCompilable}.
 */
export function useCompiledQueries(): Plugin<{ readonly admitted: AdmittedRequest }> {
  /** A document that is kept comes back with the same definitions. */
  const prepared = new WeakMap<OperationDefinitionNode, Compilable | null>();
  const variants = new LRUCache<string, Variant>({ maxSize: MAX_CHARACTERS });
  let nextId = 0;

  function compilableIn({ document }: ExecutionArgs, operation: OperationDefinitionNode): Compilable | null {
    let compilable = prepared.get(operation);
    if (compilable === undefined) {
      compilable = isCompilable(document, operation) ? { id: nextId++, flags: flagsOf(document) } : null;
      prepared.set(operation, compilable);
    }
    return compilable;
  }

  function variantOf({ id, flags }: Compilable, variables: Variables, size: number): Variant | null {
    const values = flags.map((name) => variables[name]);
    // A null where the directive needs a boolean is an error that the interpreter describes.
    if (!values.every((value) => typeof value === 'boolean')) return null;
    const key = `${id}:${values.join()}`;
    const variant = variants.get(key) ?? { uses: 0, query: undefined };
    if (variant.uses === 0) variants.set(key, variant, { size });
    variant.uses++;
    return variant;
  }

  return {
    onExecute({ args, setExecuteFn }) {
      const { definition, variables } = (args.contextValue as { readonly admitted: AdmittedRequest }).admitted;
      // Invalid variables are left to the interpreter, which says where they are.
      if (definition === null || variables === null) return;
      const compilable = compilableIn(args, definition);
      const variant = compilable && variantOf(compilable, variables, args.document.loc?.end ?? 0);
      if (variant === null || variant.uses < COMPILED_AT_USE) return;
      if (variant.query === undefined) variant.query = compile(args, definition, variables);
      const { query } = variant;
      if (query === null) return;
      setExecuteFn(async ({ rootValue, contextValue }) =>
        withErrorsFirst(await query(rootValue, contextValue, variables)),
      );
    },
  };
}

function compile({ schema, document }: ExecutionArgs, operation: OperationDefinitionNode, variables: Variables) {
  const compiled = compileQuery(schema, compilableOf(document, operation, variables));
  return isCompiledQuery(compiled) ? compiled.query : null;
}

/** As graphql-js has them: errors come first, and one that has a path stays as it is. */
function withErrorsFirst(result: ExecutionResult): ExecutionResult {
  const { errors, data = null } = result;
  if (errors === undefined) return result;
  const own = ({ originalError }: GraphQLError) =>
    originalError instanceof GraphQLError && originalError.path !== undefined ? originalError : null;
  return { errors: errors.map((error) => own(error) ?? error), data };
}
