import { type FetchAPI, isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import { requestError } from '../request/errors.ts';
import { EventStream, SERVER_SENT_EVENTS } from './event-stream.ts';
import { MULTIPART, prefersMultipart } from './multipart.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

type FormatsPlugin = Plugin<object, { readonly received: RequestContext }>;
type Processing = Parameters<NonNullable<FormatsPlugin['onResultProcess']>>[0];

/**
 * Adds to Yoga's formats of responses: the streams of subscriptions, as server-sent events or multipart, and 406 with a JSON body
 * where the client accepts no format that the result has. Errors are JSON for clients that accept no format of theirs.
 */
export function useResponseFormats(): FormatsPlugin {
  return {
    onResultProcess(processing) {
      const accept = processing.request.headers.get('accept');
      if (isAsyncIterable(processing.result)) setStream(processing, accept);
      else if (prefersMultipart(accept)) {
        const type = accept?.includes(GRAPHQL_TYPE) ? GRAPHQL_TYPE : JSON_TYPE;
        processing.setResultProcessor(processRegularResult, type);
      } else if (processing.resultProcessor === undefined) {
        setJson(processing, isRefusal(processing.result));
      }
    },
  };
}

/** Reads the results of the subscription itself, which hold less than what Yoga has wrapped them in. */
function setStream(processing: Processing, accept: string | null): void {
  const { result, resultProcessor, setResultProcessor, serverContext } = processing;
  const { received } = serverContext;
  const format = prefersMultipart(accept) ? MULTIPART : resultProcessor === undefined ? null : SERVER_SENT_EVENTS;
  if (format === null || received.results === null) {
    if (isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
    setJson(processing, false);
    return;
  }
  const stream = new EventStream(received.results, format);
  received.stream = stream;
  const headers = { 'content-type': format.contentType };
  // The types of `Response` leave out that a body may be any iterable.
  setResultProcessor((_, { Response }: FetchAPI) => new Response(stream as never, { headers }), format.contentType);
}

function setJson({ setResult, setResultProcessor }: Processing, isRefused: boolean): void {
  if (!isRefused) setResult({ errors: [requestError('notAcceptable')] });
  setResultProcessor(processRegularResult, GRAPHQL_TYPE);
}

/** Whether nothing ran. */
function isRefusal(result: object): boolean {
  return 'errors' in result && !('data' in result);
}
