import type { GraphQLError } from 'graphql';
import { requestError } from '../request/errors.ts';
import type { Caller } from './caller.ts';
import { createJwtCheck, type JwtOptions, type OnKeys } from './jwt.ts';
import { createTokenCheck, type StaticToken } from './tokens.ts';

/** Options of {@link createAuthenticator}. */
export interface AuthenticationOptions {
  readonly tokens: readonly StaticToken[];
  /** The issuer whose JWTs are accepted; null: none. */
  readonly jwt: JwtOptions | null;
}

/** Finds the caller that a request is made by. */
export interface Authenticator {
  /** By the `Authorization` header. Resolves to the error to respond with where there is no valid token. */
  authenticate(authorization: string | null): Promise<Caller | GraphQLError>;
  /** Whether it can authenticate: the signing keys of the issuer, if there is one, were fetched. */
  readonly isReady: boolean;
  dispose(): void;
}

/** Accepts bearer tokens (RFC 6750): static tokens, then JWTs. */
export function createAuthenticator({ tokens, jwt }: AuthenticationOptions, onKeys: OnKeys): Authenticator {
  const callerOf = createTokenCheck(tokens);
  const jwtCheck = jwt === null ? null : createJwtCheck(jwt, onKeys);
  return {
    async authenticate(authorization) {
      if (authorization === null) return requestError('tokenMissing');
      const token = /^bearer +(\S+)$/i.exec(authorization)?.[1];
      if (token === undefined) return requestError('tokenInvalid');
      const verdict = callerOf(token) ?? (await jwtCheck?.check(token)) ?? 'invalid';
      if (typeof verdict !== 'string') return verdict;
      return requestError(verdict === 'unavailable' ? 'authenticationUnavailable' : 'tokenInvalid');
    },
    get isReady() {
      return jwtCheck?.isReady ?? true;
    },
    dispose: () => jwtCheck?.dispose(),
  };
}
