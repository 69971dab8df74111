import type { GraphiQLProps } from 'graphiql';
import { type ExecutionResult, GraphQLError, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';
import { createClient, NetworkError } from 'graphql-sse';
import { Observable, type Subscriber } from 'rxjs';
import { NEW_STREAM, type Stream, withEvent } from './stream.ts';

type Fetcher = GraphiQLProps['fetcher'];
type Request = Parameters<Fetcher>[0];

/** Sends an operation; the returned function cancels it. */
type Send = (url: string, headers: Headers, request: Request, observer: Subscriber<ExecutionResult>) => () => void;

/**
 * Sends operations to the address of the page: queries as JSON, subscriptions as server-sent events. A tab that is left or stopped
 * cancels its operation.
 * @param token The bearer token of all tabs; empty for none. A tab's own `Authorization` header replaces it.
 * @param observeStream Called as a subscription begins. The returned function receives each new state of it.
 */
export function createFetcher(token: string, observeStream: () => (stream: Stream) => void): Fetcher {
  const subscribeTo = createSubscribe(observeStream);
  return async (request, options) => {
    const headers = headersOf(token, options?.headers ?? {});
    const operation = operationOf(request);
    const send = operation?.operation === 'subscription' ? subscribeTo : query;
    const named = { ...request, operationName: operation?.name?.value ?? request.operationName ?? null };
    return new Observable((observer) => send(location.pathname, headers, named, observer));
  };
}

const query: Send = (url, headers, request, observer) => {
  const controller = new AbortController();
  headers.set('content-type', 'application/json');
  headers.set('accept', 'application/graphql-response+json, application/json');
  void fetch(url, { method: 'POST', headers, body: JSON.stringify(request), signal: controller.signal })
    .then(resultOf, () => UNREACHABLE)
    .then((result) => {
      if (controller.signal.aborted) return;
      observer.next(result);
      observer.complete();
    });
  return () => controller.abort();
};

function createSubscribe(observeStream: () => (stream: Stream) => void): Send {
  return (url, headers, { query, variables, operationName }, observer) => {
    const onStream = observeStream();
    let stream = NEW_STREAM;
    const update = (change: Partial<Stream>) => {
      stream = { ...stream, ...change };
      onStream(stream);
    };
    update({});
    // Without retries, so that a lost connection is seen.
    const client = createClient({ url, headers: Object.fromEntries(headers), retryAttempts: 0 });
    const unsubscribe = client.subscribe<Record<string, unknown>, Record<string, unknown>>(
      { query, variables, ...(operationName == null ? {} : { operationName }) },
      {
        next(result) {
          update(withEvent(stream, result));
          observer.next(result);
        },
        async error(error) {
          update({ state: 'failed' });
          const refused = error instanceof NetworkError && error.response instanceof Response;
          observer.next(refused ? await resultOf(error.response) : stream.count > 0 ? LOST : UNREACHABLE);
          observer.complete();
        },
        complete() {
          if (stream.state !== 'open') return;
          update({ state: 'complete' });
          observer.complete();
        },
      },
    );
    return () => {
      if (stream.state === 'open') update({ state: 'stopped' });
      unsubscribe();
    };
  };
}

const failure = (message: string): ExecutionResult => ({ errors: [new GraphQLError(message)] });
const UNREACHABLE = failure('The server cannot be reached. Run the operation again when it is back.');
const LOST = failure('The connection was lost. Run the subscription again: it begins with the current state.');

/** The GraphQL result in a response, or an error that says what came instead. */
async function resultOf(response: Response): Promise<ExecutionResult> {
  try {
    return await response.json();
  } catch {
    return failure(`The response is not from a GraphQL server: HTTP ${response.status} ${response.statusText}.`);
  }
}

function headersOf(token: string, ofTab: Readonly<Record<string, unknown>>): Headers {
  const headers = new Headers(token === '' ? {} : { authorization: `Bearer ${token}` });
  for (const [name, value] of Object.entries(ofTab)) headers.set(name, String(value));
  return headers;
}

/**
 * The operation to run. GraphiQL reads the operations of a tab a moment after it opens, and until then has the name of one in the
 * previous tab: such a name does not count.
 */
function operationOf({ query, operationName }: Request): OperationDefinitionNode | null {
  try {
    const document = parse(query);
    return getOperationAST(document, operationName) ?? getOperationAST(document) ?? null;
  } catch {
    // Not valid GraphQL: the server says where.
    return null;
  }
}
