import { createGraphQLError, type Plugin } from 'graphql-yoga';
import type { Caller } from './caller.ts';
import type { JwtCheck } from './jwt.ts';

/** How to tell who asks. */
export interface AuthenticatorOptions {
  /** Whose token it is that is known beforehand. */
  readonly checkToken: (token: string) => Caller | null;
  /** Null: no JWT is taken. */
  readonly jwt: Pick<JwtCheck, 'check'> | null;
}

/** Why it is not known who asks. */
export type Refusal = 'missing' | 'invalid' | 'unavailable';

/** Tells who asks by the `Authorization` of a request. */
export type Authenticate = (authorization: string | null) => Promise<Caller | Refusal>;

/** Takes bearer tokens (RFC 6750): those that are known beforehand, then JWTs. */
export function createAuthenticator({ checkToken, jwt }: AuthenticatorOptions): Authenticate {
  return async (authorization) => {
    if (authorization === null) return 'missing';
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return 'invalid';
    return checkToken(token) ?? (await jwt?.check(token)) ?? 'invalid';
  };
}

/**
 * Lets nobody ask whom `authenticate` does not know, before a byte of the request's body is read. What it learned is told to
 * `onCaller`, for the rest of the request.
 */
export function useAuthentication<ServerContext extends Record<string, unknown>>(
  authenticate: Authenticate,
  onCaller: (serverContext: ServerContext, caller: Caller) => void,
): Plugin<object, ServerContext> {
  return {
    async onRequestParse({ request, serverContext }) {
      const verdict = await authenticate(request.headers.get('authorization'));
      if (typeof verdict === 'string') throw refusal(verdict);
      onCaller(serverContext, verdict);
    },
  };
}

function refusal(reason: Refusal) {
  if (reason === 'unavailable') {
    return createGraphQLError('Who asks cannot be told for now, as the keys of the issuer are not there.', {
      extensions: { code: 'AUTHENTICATION_UNAVAILABLE', http: { status: 503, headers: { 'retry-after': '1' } } },
    });
  }
  const challenge = reason === 'missing' ? 'Bearer' : 'Bearer error="invalid_token"';
  const message = reason === 'missing' ? 'Send a token: Authorization: Bearer ...' : 'The token is not valid.';
  return createGraphQLError(message, {
    extensions: { code: 'UNAUTHENTICATED', http: { status: 401, headers: { 'www-authenticate': challenge } } },
  });
}
