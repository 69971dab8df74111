import { GraphQLSchema, parse } from 'graphql';
import { areGraphQLErrors, makeServer, type Server } from 'graphql-ws';
import type { GraphQLParams } from 'graphql-yoga';
import { isAsyncIterable } from 'graphql-yoga';
import { requestError } from '../../request/errors.ts';
import { toPublicError, toPublicResult } from '../public-result.ts';
import type { StartedOperation } from './operation.ts';

/** One connection, as the protocol needs it. */
export interface ProtocolConnection {
  /** Resolves to whether the connection is accepted; where it is not, it is closed by then. `params`: the client's `connectionParams`. */
  connect(params: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** Runs the operation of the message that has just come. */
  start(params: GraphQLParams): Promise<StartedOperation>;
  /** Queries that run, or whose results are on their way. */
  queries: number;
  readonly isOpen: boolean;
}

/** A client that sends no `connection_init` in time is disconnected, with 4408. */
const CONNECTION_INIT_TIMEOUT_MS = 3_000;
/** Gateways share a connection between their clients. */
const MAX_OPERATIONS = 1_000;

/** What `graphql-ws` executes: an operation that has run already, with its result as the context. */
const ALREADY_RUN = { schema: new GraphQLSchema({}), document: parse('{ __typename }') };

/**
 * The protocol `graphql-transport-ws`. Messages and close codes are those of `graphql-ws`; connections and operations are
 * accepted, run and logged by the connection.
 *
 * @see https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverWebSocket.md
 */
export function createProtocol(): Server<ProtocolConnection> {
  /** By their messages, as a client may use an id again. */
  const started = new WeakMap<object, StartedOperation>();

  async function start(connection: ProtocolConnection, payload: object) {
    connection.queries++;
    const operation = await connection.start({ ...payload });
    started.set(payload, operation);
    if (isAsyncIterable(operation.result)) connection.queries--;
    return operation.result;
  }
  function end(connection: ProtocolConnection, payload: object): void {
    const operation = started.get(payload);
    if (operation === undefined) return;
    if (!isAsyncIterable(operation.result)) connection.queries--;
    operation.end(!connection.isOpen);
  }
  return makeServer<Record<string, unknown>, ProtocolConnection>({
    connectionInitWaitTimeout: CONNECTION_INIT_TIMEOUT_MS,
    onConnect: ({ extra, connectionParams = {} }) => extra.connect(connectionParams),
    async onSubscribe({ extra, subscriptions }, _, payload) {
      if (Object.keys(subscriptions).length > MAX_OPERATIONS)
        return [requestError('tooManyOperations', { maxOperations: MAX_OPERATIONS })];
      const result = await start(extra, payload);
      if ('data' in result || !('errors' in result) || !areGraphQLErrors(result.errors))
        return { ...ALREADY_RUN, contextValue: result };
      end(extra, payload);
      return result.errors;
    },
    execute: ({ contextValue }) => contextValue as StartedOperation['result'],
    onNext: (_context, _id, _payload, _args, result) => toPublicResult(result),
    onError: (_context, _id, _payload, errors) => errors.map(toPublicError),
    onComplete: ({ extra }, _, payload) => end(extra, payload),
  });
}
