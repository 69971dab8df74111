import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ResponseStore } from '../response-cache/store.ts';
import { isStorable } from '../response-cache/validity.ts';
import type { QueryCompiler } from '../schema/compile.ts';
import type { GatedContext } from '../security/http-gate.ts';
import type { PreparedQueries } from './prepared-queries.ts';

/** What the fast path knows of a request that it passes on. */
export interface Known {
  /** Under which the response may be stored; null: it must not be. */
  readonly responseKey: string | null;
  /** Under which the query may be prepared; null: it must not be. */
  readonly queryKey: string | null;
  /** The result where the query has run and has errors, so that it does not run twice; else null. */
  readonly result: ExecutionResult | null;
}

/** What Yoga holds of a request that the fast path may have passed on. */
export interface PassedOnContext extends GatedContext {
  /** Absent where the request did not come through the fast path. */
  readonly known?: Known | undefined;
}

/** Options of {@link useFastPath}. */
export interface FastPathPluginOptions {
  readonly compiler: Pick<QueryCompiler, 'find'>;
  readonly preparedQueries: PreparedQueries;
  /** Null: no responses are stored. */
  readonly responses: ResponseStore | null;
}

/** Node writes other characters of the head in the encoding of the body, which differs. */
const ASCII = /^[ -~]*$/;

/** Other responses are streams, which must not be read here. */
const JSON_TYPE = /^application\/(?:graphql-response\+)?json\b/;

/**
 * Prepares the queries, and stores the responses, that the fast path may serve from then on. Has to come after all plugins that set a
 * header or an executor.
 */
export function useFastPath(options: FastPathPluginOptions): Plugin<PassedOnContext, PassedOnContext> {
  const { compiler, preparedQueries, responses } = options;
  return {
    onExecute({ args, setExecuteFn }) {
      const result = args.contextValue.known?.result ?? null;
      if (result !== null) setExecuteFn(() => result);
    },
    // Not async, so that other responses do not wait here.
    onResponse({ response, serverContext: { received, known } }) {
      const { document, errorCode } = received;
      if (known === undefined || response.status !== 200 || document === null || errorCode !== null) return;
      const headers = Object.fromEntries(response.headers);
      if (!JSON_TYPE.test(headers['content-type'] ?? '')) return;
      if (!Object.values(headers).every((value) => ASCII.test(value))) return;
      const { queryKey, responseKey } = known;
      if (queryKey !== null && compiler.find(received) !== null) preparedQueries.set(queryKey, { document, headers });
      if (responses === null || responseKey === null || !isStorable(received)) return;
      return response.text().then((text) => responses.set(responseKey, { request: received, text, headers }));
    },
  };
}
