import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../request/context.ts';
import type { Variables } from '../request/operation.ts';
import { flagsOf } from '../request/selection.ts';
import type { AdmittedRequest } from '../security/gate.ts';
import { compilableOf, isCompilable } from './compilable.ts';
import type { Context } from './context.ts';

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

/** What is to run. Its parts are null as they are in the request context. */
export type Executable = Pick<RequestContext, 'document' | 'definition' | 'variables'>;

/** Runs a compiled query with the variables of the request that it was found for. */
export type RunCompiled = (context: Context) => Promise<ExecutionResult>;

/** The compiled form of the queries that come back. */
export interface QueryCompiler {
  /** Counts a use of a query, and compiles it at its third. Null where it is to be interpreted. */
  use(request: Executable): RunCompiled | null;
  /** The compiled query where there is one, without counting a use. */
  find(request: Executable): RunCompiled | null;
}

/**
 * Compiles hot queries (graphql-jit), which takes a tenth of the time that their interpretation takes. What it does not
 * execute exactly like graphql-js is interpreted, see {@link isCompilable}.
 */
export function createQueryCompiler(schema: GraphQLSchema): QueryCompiler {
  /** A document that is kept comes back with the same definitions. */
  const compilableOperations = new WeakMap<OperationDefinitionNode, Compilable | null>();
  const variants = new LRUCache<string, Variant>({ maxSize: MAX_CHARACTERS });
  let nextId = 0;

  function compilableIn(document: DocumentNode, operation: OperationDefinitionNode): Compilable | null {
    let compilable = compilableOperations.get(operation);
    if (compilable === undefined) {
      compilable = isCompilable(document, operation) ? { id: nextId++, flags: flagsOf(document) } : null;
      compilableOperations.set(operation, compilable);
    }
    return compilable;
  }

  /** Null where a query cannot be compiled for its variables. */
  function partsOf({ document, definition, variables }: Executable) {
    // Invalid variables are left to the interpreter, which says where they are.
    if (document === null || definition === null || variables === null) return null;
    const compilable = compilableIn(document, definition);
    const values = compilable?.flags.map((name) => variables[name]);
    // A null where the directive needs a boolean is an error that the interpreter describes.
    if (!values?.every((value) => typeof value === 'boolean')) return null;
    return { document, definition, variables, key: `${compilable?.id}:${values.join()}` };
  }

  return {
    use(request) {
      const parts = partsOf(request);
      if (parts === null) return null;
      const { document, definition, variables, key } = parts;
      const variant = variants.get(key) ?? { uses: 0, query: undefined };
      if (variant.uses === 0) variants.set(key, variant, { size: document.loc?.end ?? 0 });
      variant.uses++;
      if (variant.uses < COMPILED_AT_USE) return null;
      if (variant.query === undefined) variant.query = compile(schema, document, definition, variables);
      return variant.query && runOf(variant.query, variables);
    },
    find(request) {
      const parts = partsOf(request);
      const query = parts && variants.get(parts.key)?.query;
      return query ? runOf(query, parts.variables) : null;
    },
  };
}

/** Executes queries in their compiled form where they have one. */
export function useCompiledQueries(compiler: QueryCompiler): Plugin<{ readonly admitted: AdmittedRequest }> {
  return {
    onExecute({ args, setExecuteFn }) {
      const run = compiler.use((args.contextValue as { readonly admitted: AdmittedRequest }).admitted);
      if (run !== null) setExecuteFn(({ contextValue }) => run(contextValue));
    },
  };
}

/** Null where graphql-jit refuses it. */
function compile(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): CompiledQuery['query'] | null {
  const compiled = compileQuery(schema, compilableOf(document, operation, variables));
  return isCompiledQuery(compiled) ? compiled.query : null;
}

function runOf(query: CompiledQuery['query'], variables: Variables): RunCompiled {
  return async (context) => withErrorsFirst(await query(undefined, context, variables));
}

/** As graphql-js has them: errors come first, and one that has a path stays as it is. */
function withErrorsFirst(result: ExecutionResult): ExecutionResult {
  const { errors, data = null } = result;
  if (errors === undefined) return result;
  const own = ({ originalError }: GraphQLError) =>
    originalError instanceof GraphQLError && originalError.path !== undefined ? originalError : null;
  return { errors: errors.map((error) => own(error) ?? error), data };
}
