import { GraphQLError } from 'graphql';
import { RequestContext, type RequestSink } from '../request/context.ts';
import type { RequestHead } from '../request/head.ts';
import type { Authenticator } from './authentication.ts';
import { PERSONAL_SCOPE } from './caller.ts';
import { validateOrigin, validatePreflight } from './cross-site.ts';
import { createHostCheck } from './host.ts';
import { assertWithinLimit, type RateLimit } from './rate-limit.ts';
import { validateBody } from './request-body.ts';

/** Options of {@link createGate}. */
export interface GateOptions {
  /** Whether a host name is one of this server's. */
  readonly isOwnHost: (name: string) => boolean;
  /** Origins whose pages may call, beside the server's own; `loopback` is those of this machine, `*` is all. */
  readonly corsOrigins: readonly string[];
  /** Null where callers need no token. */
  readonly authenticator: Authenticator | null;
  readonly maxBodyBytes: number;
  /** Null: none. */
  readonly rateLimit: RateLimit | null;
  readonly sink: RequestSink;
}

declare const passed: unique symbol;

/**
 * A request that has passed the gate: the only kind that operations run for. Nothing but {@link Gate.admit} makes one, so that
 * no transport can leave the gate out.
 */
export interface AdmittedRequest extends RequestContext {
  readonly [passed]: true;
}

/** Where every request enters, whatever transport brings it. */
export interface Gate {
  /**
   * Begins a request, on whatever path. Returns the error of a `Host` that is not this server's (DNS rebinding), or of a preflight
   * for a page of an origin that may not call.
   */
  receive(head: RequestHead): RequestContext | GraphQLError;
  /**
   * Admits a request to the GraphQL endpoint before its body is read. Synchronous where callers need no token.
   * @throws {GraphQLError} where it is cross-site (CSRF), unauthenticated, a form, too large, or over the rate limit. Where callers
   * need a token, the promise may reject with it instead.
   */
  admit(request: RequestContext): AdmittedRequest | Promise<AdmittedRequest>;
}

/** A gate. Its cheapest checks come first: those that need no caller, then authentication, the body, and the rate limit of the caller. */
export function createGate(options: GateOptions): Gate {
  const { isOwnHost, corsOrigins, authenticator, maxBodyBytes, rateLimit, sink } = options;
  const allowedOrigins = new Set(corsOrigins);
  const validateHost = createHostCheck(isOwnHost);
  return {
    receive(head) {
      const hostError = head.peerAddress === null ? null : validateHost(head.header('host'));
      const error = hostError ?? validatePreflight(head, allowedOrigins);
      if (error === null) return new RequestContext(head, sink);
      sink.onRefused(error, head);
      return error;
    },
    admit(request) {
      request.isForEndpoint = true;
      validateOrigin(request.head, allowedOrigins);
      if (authenticator !== null) return authenticate(request, authenticator).then(() => admitWithinLimits(request));
      request.maySeePersonal = true;
      return admitWithinLimits(request);
    },
  };

  function admitWithinLimits(request: RequestContext): AdmittedRequest {
    validateBody(request.head, maxBodyBytes);
    assertWithinLimit(rateLimit?.exhaustedFor(request) ?? null);
    return request as AdmittedRequest;
  }
}

async function authenticate(request: RequestContext, authenticator: Authenticator): Promise<void> {
  const caller = await authenticator.authenticate(request.head.header('authorization'));
  if (caller instanceof GraphQLError) throw caller;
  request.caller = caller;
  request.maySeePersonal = caller.scopes.has(PERSONAL_SCOPE);
}
