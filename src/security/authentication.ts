import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { Caller } from './caller.ts';
import { createJwtCheck, type JwtOptions, type OnKeys } from './jwt.ts';
import { createTokenCheck, type StaticToken } from './tokens.ts';

/** Who may ask. */
export interface AuthenticationOptions {
  readonly tokens: readonly StaticToken[];
  /** Whose JWTs are taken; null: no one's. */
  readonly jwt: JwtOptions | null;
}

/** Why it is not known who asks. */
export type Refusal = 'missing' | 'invalid' | 'unavailable';

/** Tells who asks. */
export interface Authenticator {
  /** By the `Authorization` of a request. */
  authenticate(authorization: string | null): Promise<Caller | Refusal>;
  /** Whether it has all that it needs to tell. */
  readonly isReady: boolean;
  dispose(): void;
}

/** Takes bearer tokens (RFC 6750): those that are known beforehand, then JWTs. */
export function createAuthenticator({ tokens, jwt }: AuthenticationOptions, onKeys: OnKeys): Authenticator {
  const callerOf = createTokenCheck(tokens);
  const jwtCheck = jwt === null ? null : createJwtCheck(jwt, onKeys);
  return {
    async authenticate(authorization) {
      if (authorization === null) return 'missing';
      const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
      if (token === undefined) return 'invalid';
      return callerOf(token) ?? (await jwtCheck?.check(token)) ?? 'invalid';
    },
    get isReady() {
      return jwtCheck?.isReady ?? true;
    },
    dispose: () => jwtCheck?.dispose(),
  };
}

/**
 * Lets nobody ask whom `authenticate` does not know, before a byte of the request's body is read. What it learned is told to
 * `onCaller`, for the rest of the request.
 */
export function useAuthentication<ServerContext extends Record<string, unknown>>(
  { authenticate }: Pick<Authenticator, 'authenticate'>,
  onCaller: (serverContext: ServerContext, caller: Caller) => void,
): Plugin<object, ServerContext> {
  return {
    async onRequestParse({ request, serverContext }) {
      const verdict = await authenticate(request.headers.get('authorization'));
      if (typeof verdict === 'string') throw errorOf(verdict);
      onCaller(serverContext, verdict);
    },
  };
}

function errorOf(refusal: Refusal): GraphQLError {
  if (refusal === 'unavailable') return requestError('authenticationUnavailable');
  return requestError(refusal === 'missing' ? 'tokenMissing' : 'tokenInvalid');
}
