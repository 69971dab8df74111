import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import fetch, { FetchError } from 'node-fetch';
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
const MAX_KEYS_BYTES = 1024 * 1024;
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
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: createKeyFetch(),
  });
  const trusted = new LRUCache<string, { readonly caller: Caller; readonly untilMs: number }>({ max: 10_000 });
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
  let isToldReady = false;
  async function load(): Promise<void> {
    try {
      await keys.reload();
      if (!isToldReady) onKeys(null);
      isToldReady = true;
    } catch (error) {
      if (error !== TOO_SOON) onKeys(withoutAddress(error));
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
      if (known !== undefined && Date.now() < known.untilMs) return known.caller;
      try {
        const { payload } = await verify(token, keys, rules);
        const caller = callerOf(payload);
        if (caller !== null)
          trusted.set(token, { caller, untilMs: Math.min(caller.expiresAtMs, Date.now() + TRUST_MS) });
        return caller ?? 'invalid';
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

const TOO_SOON = new Error('The keys were asked for a moment ago.');

/**
 * Fetches what is no larger than keys are, and not again at once after it failed: anyone can name a key that is not known, and
 * the library waits between two fetches only after one that was good.
 */
function createKeyFetch() {
  let triedAtMs = Number.NEGATIVE_INFINITY;
  return async (url: string, { headers, signal }: RequestInit) => {
    const sinceMs = Date.now() - triedAtMs;
    // Unless the clock was set back.
    if (sinceMs >= 0 && sinceMs < RETRY_MS / 2) throw TOO_SOON;
    triedAtMs = Date.now();
    const options = { headers: Object.fromEntries(new Headers(headers)), signal: signal ?? null };
    return (await fetch(url, { ...options, redirect: 'error', size: MAX_KEYS_BYTES })) as unknown as Response;
  };
}

/** An address may have a secret in its query. */
function withoutAddress(error: unknown): Error {
  if (error instanceof FetchError) return new Error(error.code ?? error.type);
  return error instanceof Error ? error : new Error(String(error));
}

/** A token that does not say by which of several keys it is signed is tried with each. */
async function verify(token: string, keys: JWTVerifyGetKey, rules: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keys, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const verified = await jwtVerify(token, key, rules).catch(() => null);
      if (verified !== null) return verified;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/**
 * Null where the token names no one. Scopes are in `scope`, parted by spaces (RFC 9068), or in `scp`, as some issuers have it.
 */
function callerOf({ sub, client_id: client, scope, scp, exp = 0 }: JWTPayload) {
  const id = isName(sub) ? `jwt:${sub}` : isName(client) ? `client:${client}` : null;
  if (id === null) return null;
  const scopes = [scope, scp].flat().filter((claim) => typeof claim === 'string');
  return {
    id,
    scopes: new Set(scopes.flatMap((claim) => claim.split(' '))),
    expiresAtMs: (exp + CLOCK_TOLERANCE_S) * 1_000,
  };
}

function isName(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== '';
}
