import { createGraphQLError, type Plugin } from 'graphql-yoga';

/**
 * Refuses a body over the limit, and one whose size is not said beforehand (chunked), before a byte of it is read: Node
 * holds a client to the `Content-Length` it names. Yoga's own limit counts every byte of every request through a stream,
 * which costs about half of all processor time; hence this one. A `Request` made in this process has no such header and is
 * not checked.
 */
export function useRequestBodyLimit(maxBytes: number): Plugin {
  return {
    onRequestParse({ request, serverContext }) {
      if (request.method !== 'POST' || !('req' in serverContext)) return;
      const length = request.headers.get('content-length');
      if (length === null) throw refusal(411, 'LENGTH_REQUIRED', 'Send a Content-Length; a chunked body is not taken.');
      if (Number(length) > maxBytes) {
        throw refusal(413, 'REQUEST_BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`);
      }
    },
  };
}

function refusal(status: number, code: string, message: string) {
  return createGraphQLError(message, { extensions: { code, http: { status } } });
}
