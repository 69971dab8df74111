import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { AdmittedRequest } from '../security/gate.ts';
import type { Context } from './context.ts';

/** Options of {@link useSubscriptions}. */
export interface SubscriptionOptions {
  /** The context of one event. New for each, as loaders keep what they have loaded. */
  readonly contextOf: (request: AdmittedRequest) => Context;
  /** Receives what the client does not: the error of a bug. */
  readonly onUnexpectedError: (error: Error) => void;
}

/** Part of the context of Yoga. */
interface Admitted {
  readonly admitted: AdmittedRequest;
}

/**
 * Executes subscriptions. graphql-js and Yoga keep whatever a request consists of for as long as its stream is open: this keeps
 * what events are made of, in {@link RequestContext.results}, for transports to read in place of the result that Yoga wraps.
 */
export function useSubscriptions(options: SubscriptionOptions): Plugin {
  async function subscribe(args: ExecutionArgs): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> {
    const states = await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in states)) return states;
    const results = new Results(states[Symbol.asyncIterator](), args, options);
    (args.contextValue as Admitted).admitted.results = results;
    return results;
  }
  return { onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(subscribe) };
}

/** One result for each state of a stream. */
class Results implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #states: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  readonly #request: AdmittedRequest;
  readonly #options: SubscriptionOptions;

  constructor(states: AsyncIterator<unknown>, args: ExecutionArgs, options: SubscriptionOptions) {
    const { schema, document, variableValues, operationName, contextValue } = args;
    this.#states = states;
    this.#args = { schema, document, variableValues, operationName };
    this.#request = (contextValue as Admitted).admitted;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    const { done, value: rootValue } = await this.#states.next();
    if (done) return { done, value: undefined };
    const contextValue = this.#options.contextOf(this.#request);
    const { errors, ...result } = await execute({ ...this.#args, rootValue, contextValue });
    if (errors === undefined) return { done: false, value: result };
    return { done: false, value: { ...result, errors: errors.map((error) => this.#mask(error)) } };
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#states.return?.();
    return { done: true, value: undefined };
  }
  /** As Yoga masks the errors of other operations. */
  #mask(error: GraphQLError): GraphQLError {
    const { originalError, nodes, path } = error;
    if (originalError === undefined || originalError instanceof GraphQLError) return error;
    this.#options.onUnexpectedError(originalError);
    const extensions = { code: 'INTERNAL_SERVER_ERROR' };
    return new GraphQLError('Unexpected error.', { nodes: nodes ?? null, path: path ?? null, extensions });
  }
}
