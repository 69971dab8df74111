import type { ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import { multipartResponse, prefersMultipart } from './multipart.ts';

const JSON_TYPE = 'application/json';
const GRAPHQL_TYPE = 'application/graphql-response+json';

/**
 * Adds to Yoga's formats of responses: subscriptions as multipart, and 406 with a JSON body where the client accepts no format
 * that the result has. Errors are JSON for clients that accept no format of theirs.
 */
export function useResponseFormats(): Plugin {
  return {
    onResultProcess({ request, result, resultProcessor, setResult, setResultProcessor }) {
      const accept = request.headers.get('accept');
      if (prefersMultipart(accept)) {
        if (isAsyncIterable<ExecutionResult>(result))
          setResultProcessor((_, fetchAPI) => multipartResponse(result, fetchAPI), 'multipart/mixed');
        else setResultProcessor(processRegularResult, accept?.includes(GRAPHQL_TYPE) ? GRAPHQL_TYPE : JSON_TYPE);
      } else if (resultProcessor === undefined) {
        setResultProcessor(processRegularResult, GRAPHQL_TYPE);
        if (isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
        if (!isRefusal(result)) setResult({ errors: [requestError('notAcceptable')] });
      }
    },
  };
}

/** Whether nothing ran. */
function isRefusal(result: object): boolean {
  return 'errors' in result && !('data' in result);
}
