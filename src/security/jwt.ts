import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from './caller.ts';

/** Who signs tokens, and what has to be in them. */
export interface JwtOptions {
  /** Where the public keys are. */
  readonly jwksUrl: string;
  /** The `iss` of every token. */
  readonly issuer: string;
  /** One of each token's `aud`. */
  readonly audience: string;
}

/** Told when the keys are there for the first time (null), and of each time that they could not be had. */
export type OnKeys = (fault: Error | null) => void;

/** Checks JWTs. */
export interface JwtCheck {
  /** Whether the keys are there, without which no token can be checked. */
  readonly isReady: boolean;
  /** Whom the token stands for; `invalid` where it stands for no one, `unavailable` where that cannot be told for now. */
  check(token: string): Promise<Caller | 'invalid' | 'unavailable'>;
  dispose(): void;
}

/** Those with a key pair: a key that is published must not sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
/** A key that is withdrawn counts for so long; one that is new, and so not known, is looked for at once. */
const RELOAD_MS = 5 * 60_000;
const RETRY_MS = 1_000;
/** A token that was checked is good for so long without another check, unless it expires before. */
const TRUST_MS = 60_000;

/** The keys are not there, or not as they should be; every other fault is one of the token. */
const FAULTS_OF_KEYS: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
]);

/** Keeps the keys: while the issuer does not answer, those that it gave last hold. */
export function createJwtCheck({ jwksUrl, issuer, audience }: JwtOptions, onKeys: OnKeys): JwtCheck {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { cacheMaxAge: Number.POSITIVE_INFINITY });
  const trusted = new LRUCache<string, Caller>({ max: 10_000 });
  const rules = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ['exp'],
  };
  const isReady = () => keys.jwks() !== undefined;

  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  async function load(): Promise<void> {
    const wasReady = isReady();
    try {
      await keys.reload();
      if (!wasReady) onKeys(null);
    } catch (error) {
      onKeys(error instanceof Error ? error : new Error(String(error)));
    }
    if (!isDisposed) timer = setTimeout(load, isReady() ? RELOAD_MS : RETRY_MS).unref();
  }
  void load();

  return {
    get isReady() {
      return isReady();
    },
    async check(token) {
      const known = trusted.get(token);
      if (known !== undefined) return known;
      try {
        const { payload } = await jwtVerify(token, keys, rules);
        const caller = callerOf(payload);
        const leftMs = (payload.exp ?? 0) * 1_000 - Date.now();
        if (leftMs > 0) trusted.set(token, caller, { ttl: Math.min(leftMs, TRUST_MS) });
        return caller;
      } catch (error) {
        return error instanceof errors.JOSEError && !FAULTS_OF_KEYS.has(error.code) ? 'invalid' : 'unavailable';
      }
    },
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}

/** Scopes are in `scope`, parted by spaces (RFC 9068), or in `scp`, as some issuers have it. */
function callerOf({ sub, client_id: client, scope, scp }: JWTPayload): Caller {
  const subject = [sub, client].find((claim) => typeof claim === 'string') ?? 'unnamed';
  const scopes = [scope, scp].flat().filter((claim) => typeof claim === 'string');
  return { id: `jwt:${subject}`, scopes: new Set(scopes.flatMap((claim) => claim.split(' '))) };
}
