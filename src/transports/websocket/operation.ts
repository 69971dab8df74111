/** One operation that a WebSocket brings. It passes the plugins of an HTTP request, and only its result leaves another way. */
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { RequestLog } from '../../ops/request-log.ts';
import type { RequestHead } from '../../request/head.ts';
import type { Gate } from '../../security/gate.ts';
import type { GatedContext } from '../../security/http-gate.ts';

/** The result of a query, or those of a subscription. */
export type OperationResult = ExecutionResult | AsyncIterable<ExecutionResult>;

/** An operation on its way through the plugins. */
export interface SocketOperation {
  readonly params: GraphQLParams;
  /** Null until the last plugin has seen it. */
  result: OperationResult | null;
}

/** What Yoga holds of a request that a WebSocket brings. */
export interface SocketContext extends GatedContext {
  /** Absent for a request over HTTP. */
  readonly socketOperation?: SocketOperation;
}

/** An operation that has begun. */
export interface StartedOperation {
  readonly result: OperationResult;
  /** Writes its line of the request log. `isCutOff`: the connection was closed before the result was sent. */
  end(isCutOff: boolean): void;
}

/** Options of {@link createOperationRunner}. */
export interface OperationRunnerOptions {
  readonly gate: Pick<Gate, 'receive'>;
  readonly requestLog: RequestLog;
  /** Takes a request through the plugins of the endpoint. */
  readonly fetch: (request: Request, context: SocketContext) => Response | Promise<Response>;
}

/** An operation as its message brings it. */
export interface OperationMessage {
  readonly head: RequestHead;
  readonly params: GraphQLParams;
  /** Size of the message. */
  readonly bytes: number;
}

/** Runs operations. */
export type RunOperation = (message: OperationMessage) => Promise<StartedOperation>;

/** Takes the parameters of an operation from its message, and its result to it, in place of a body and a response. */
export function useSocketOperations(): Plugin<object, SocketContext> {
  return {
    onRequestParse({ serverContext: { socketOperation }, setRequestParser }) {
      if (socketOperation !== undefined) setRequestParser(() => socketOperation.params);
    },
    onResultProcess({ serverContext: { received, socketOperation }, setResultProcessor }) {
      if (socketOperation === undefined) return;
      setResultProcessor((result, { Response }) => {
        // The results of a subscription themselves hold less than what Yoga has wrapped them in.
        socketOperation.result = received.results ?? (result as OperationResult);
        return new Response(null, { status: statusOf(result as OperationResult) });
      }, 'application/json');
    },
  };
}

/** Each operation is a request of its own: it passes the gate, is charged and logged as one over HTTP. */
export function createOperationRunner({ gate, requestLog, fetch }: OperationRunnerOptions): RunOperation {
  return async ({ head, params, bytes }) => {
    const received = gate.receive(head);
    if (received instanceof GraphQLError) return { result: { errors: [received] }, end: () => {} };
    received.bodyBytes = bytes;
    const socketOperation: SocketOperation = { params, result: null };
    const request = new Request('http://localhost/graphql', { method: head.method, headers: CONTENT_TYPE });
    const { status } = await fetch(request, { received, admitted: null, socketOperation });
    if (socketOperation.result === null) throw new Error('The operation has no result.');
    return { result: socketOperation.result, end: (isCutOff) => requestLog.end(received, status, isCutOff) };
  };
}

const CONTENT_TYPE = { 'content-type': 'application/json' };

/** The head of an operation: that of its connection, with the token. */
export function headOfOperation(connection: RequestHead, authorization: string | null): RequestHead {
  const own = new Map<string, string | null>([
    ['authorization', authorization],
    ['content-type', CONTENT_TYPE['content-type']],
    // Those of the connection would make all of its operations one.
    ['x-request-id', null],
    ['traceparent', null],
  ]);
  return {
    method: 'POST',
    path: connection.path,
    peerAddress: connection.peerAddress,
    names: connection.names,
    header: (name) => (own.has(name) ? (own.get(name) ?? null) : connection.header(name)),
  };
}

/** The status that the result would have over HTTP, for the log. */
function statusOf(result: OperationResult): number {
  if (!('errors' in result) || 'data' in result) return 200;
  const http = result.errors?.[0]?.extensions['http'] as { readonly status?: number } | undefined;
  return http?.status ?? 500;
}
