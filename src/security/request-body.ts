/** Limits on request bodies. */
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { RequestHead } from '../request/head.ts';
import type { AdmittedRequest } from './gate.ts';

/**
 * Refuses, before a byte of the body is read: a form, which a page of any site can send without a preflight (CSRF); a body
 * over the limit; and one without a `Content-Length` (chunked). Node holds a client to the length that it states. Yoga's own
 * limit counts every byte of every request through a stream, which costs about half of all processor time. A request made in
 * this process has no such header: only its content type is checked.
 *
 * @throws {GraphQLError} `UNSUPPORTED_MEDIA_TYPE`, `LENGTH_REQUIRED`, `REQUEST_BODY_TOO_LARGE`
 */
export function validateBody({ method, header, peerAddress }: RequestHead, maxBytes: number): void {
  if (method !== 'POST') return;
  if (/application\/x-www-form-urlencoded/i.test(header('content-type') ?? ''))
    throw requestError('mediaTypeUnsupported');
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
