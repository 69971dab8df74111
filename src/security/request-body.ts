import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

/** How large a body may be. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** The same for a subscription, whose body is kept for as long as its stream is open. */
  readonly maxStreamBytes: number;
}

/**
 * Refuses a body over the limit, and one whose size is not said beforehand (chunked), before a byte of it is read: Node
 * holds a client to the `Content-Length` it names. Yoga's own limit counts every byte of every request through a stream,
 * which costs about half of all processor time; hence this one. A `Request` made in this process has no such header and is
 * not checked.
 */
export function useRequestBodyLimit({ maxBytes, maxStreamBytes }: BodyLimits): Plugin<{ readonly request: Request }> {
  return {
    onRequestParse({ request, serverContext }) {
      if (request.method !== 'POST' || !('req' in serverContext)) return;
      const length = request.headers.get('content-length');
      if (length === null) throw requestError('bodyLengthMissing');
      if (Number(length) > maxBytes) throw requestError('bodyTooLarge', { maxBytes });
    },
    onSubscribe({ args }) {
      const { request } = args.contextValue as { readonly request: Request };
      if (Number(request.headers.get('content-length') ?? 0) > maxStreamBytes)
        throw requestError('bodyTooLarge', { maxBytes: maxStreamBytes });
    },
  };
}
