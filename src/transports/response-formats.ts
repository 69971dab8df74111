import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/**
 * Responds 406 with a JSON body, which Yoga leaves empty, where the client accepts no format that the result has: a subscription
 * is a stream. An error stays what it is, as JSON.
 */
export function useResponseFormats(): Plugin {
  return {
    onResultProcess({ result, resultProcessor, setResult, setResultProcessor }) {
      if (resultProcessor !== undefined) return;
      if (isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
      if (!('errors' in result) || 'data' in result) setResult({ errors: [requestError('notAcceptable')] });
      setResultProcessor(processRegularResult, 'application/graphql-response+json');
    },
  };
}
