import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { RequestHead } from '../request/head.ts';
import type { AdmittedRequest } from './gate.ts';

/**
 * Refuses a form, which a page of any site can send without a preflight (CSRF); a body over the limit; and one whose length is not stated beforehand (chunked), before a byte of it is read: Node
 * holds a client to its `Content-Length`. Yoga's own limit counts every byte of every request through a stream, which costs
 * about half of all processor time. A request made in this process has no such header and is not checked.
 *
 * @throws {GraphQLError} `UNSUPPORTED_MEDIA_TYPE`, `LENGTH_REQUIRED`, `REQUEST_BODY_TOO_LARGE`
 */
export function validateBody({ method, header, peerAddress }: RequestHead, maxBytes: number): void {
  if (method !== 'POST') return;
  if (header('content-type')?.includes('application/x-www-form-urlencoded')) throw requestError('mediaTypeUnsupported');
  if (peerAddress === null) return;
  const length = header('content-length');
  if (length === null) throw requestError('bodyLengthMissing');
  if (Number(length) > maxBytes) throw requestError('bodyTooLarge', { maxBytes });
}

/** Holds subscriptions to a limit of their own, as the body of one is kept for as long as its stream is open. */
export function useStreamBodyLimit(maxBytes: number): Plugin<{ readonly admitted: AdmittedRequest }> {
  return {
    onSubscribe({ args }) {
      const { admitted } = args.contextValue as { readonly admitted: AdmittedRequest };
      if (Number(admitted.head.header('content-length') ?? 0) > maxBytes)
        throw requestError('bodyTooLarge', { maxBytes });
    },
  };
}
