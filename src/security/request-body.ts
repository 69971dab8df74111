/** Limits on request bodies. */
import type { Plugin } from 'graphql-yoga';
import { encodingOf } from '../request/body.ts';
import { requestError } from '../request/errors.ts';
import type { RequestHead } from '../request/head.ts';
import type { AdmittedRequest } from './gate.ts';

/**
 * Refuses, before a byte of the body is read: a form, which a page of any site can send without a preflight (CSRF); a body
 * compressed in another way than gzip; and one whose `Content-Length` is over the limit, to which it is also held when it is
 * read (`readBody`). Yoga's own limit counts every byte through a stream, which costs about half of all processor time.
 *
 * @throws {GraphQLError} `UNSUPPORTED_MEDIA_TYPE`, `UNSUPPORTED_CONTENT_ENCODING`, `REQUEST_BODY_TOO_LARGE`
 */
export function validateBody({ method, header }: RequestHead, maxBytes: number): void {
  if (method !== 'POST') return;
  if (/application\/x-www-form-urlencoded/i.test(header('content-type') ?? ''))
    throw requestError('mediaTypeUnsupported');
  if (encodingOf(header('content-encoding')) === null) throw requestError('encodingUnsupported');
  if (Number(header('content-length') ?? 0) > maxBytes) throw requestError('bodyTooLarge', { maxBytes });
}

/** Holds subscriptions to a limit of their own, as the body of one is kept for as long as its stream is open. */
export function useStreamBodyLimit(maxBytes: number): Plugin<{ readonly admitted: AdmittedRequest }> {
  return {
    onSubscribe({ args }) {
      const { admitted } = args.contextValue as { readonly admitted: AdmittedRequest };
      if (admitted.bodyBytes > maxBytes) throw requestError('bodyTooLarge', { maxBytes });
    },
  };
}
