import { hash } from 'node:crypto';
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
import { addMs, LONG_AGO, type MonotonicMs, monotonicNow } from '../monotonic-clock.ts';
import type { Caller } from './caller.ts';

/** Options of {@link createJwtCheck}. */
export interface JwtOptions {
  /** URL of the issuer's public keys (JWKS). */
  readonly jwksUrl: string;
  /** The required `iss`. */
  readonly issuer: string;
  /** The required `aud`, or one of several. */
  readonly audience: string;
  /** Name of the claim that has the scopes, or the path to it with dots; null: `scope` (RFC 9068) and `scp`. */
  readonly scopeClaim: string | null;
}

/** Called with null when the keys are fetched for the first time, and with the error of each fetch that fails. */
export type OnKeys = (error: Error | null) => void;

/** Verifies JWTs. */
export interface JwtCheck {
  /** Whether keys were fetched, without which no token can be verified. */
  readonly isReady: boolean;
  /** The caller of the token; `unavailable` where the keys that are needed could not be fetched. */
  check(token: string): Promise<Caller | 'invalid' | 'unavailable'>;
  dispose(): void;
}

/** Asymmetric only: with a shared secret, the published key would sign tokens too (algorithm confusion). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCK_TOLERANCE_S = 30;
const MAX_NAME_CHARACTERS = 255;
/** A withdrawn key is accepted for so long. */
const RELOAD_INTERVAL_MS = 5 * 60_000;
/** An unknown key makes the keys be fetched at once, but not for so long after the last time. */
const UNKNOWN_KEY_INTERVAL_MS = 5_000;
const RETRY_INTERVAL_MS = 1_000;
const MAX_KEYS_BYTES = 1024 * 1024;
/** A verified token is not verified again for so long, unless it expires before. */
const VERIFIED_TTL_MS = 60_000;

/** The keys are missing or malformed; every other error is one of the token. */
const KEY_ERRORS: ReadonlySet<string> = new Set([
  errors.JOSEError.code,
  errors.JWKSTimeout.code,
  errors.JWKSInvalid.code,
]);

/** Verifies by the issuer's keys, which it refreshes; while the issuer is unavailable, those fetched last stay in use. */
export function createJwtCheck({ jwksUrl, issuer, audience, scopeClaim }: JwtOptions, onKeys: OnKeys): JwtCheck {
  /** By the digest of the token, so that no token is kept. */
  const verified = new LRUCache<string, Verified>({ max: 10_000 });
  /** Counts fetches of the keys: what was verified with older ones does not count any more. */
  let generation = 0;
  function dropVerified(): void {
    generation++;
    verified.clear();
  }
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    cacheMaxAge: Number.POSITIVE_INFINITY,
    cooldownDuration: UNKNOWN_KEY_INTERVAL_MS,
    [customFetch]: createKeyFetch(dropVerified),
  });
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
  let hasReportedReady = false;
  async function load(): Promise<void> {
    try {
      await keys.reload();
      if (!hasReportedReady) onKeys(null);
      hasReportedReady = true;
    } catch (error) {
      if (error !== TOO_SOON) onKeys(withoutUrl(error));
    }
    if (!isDisposed) timer = setTimeout(load, isReady() ? RELOAD_INTERVAL_MS : RETRY_INTERVAL_MS).unref();
  }
  void load();

  return {
    get isReady() {
      return isReady();
    },
    async check(token) {
      const digest = hash('sha256', token, 'base64');
      const known = verified.get(digest);
      if (known !== undefined && isCurrent(known)) return known.caller;
      if (!isCanonical(token)) return 'invalid';
      const begunIn = generation;
      try {
        const { payload } = await verify(token, keys, rules);
        const caller = callerOf(payload, scopeClaim);
        if (caller !== null && begunIn === generation)
          verified.set(digest, { caller, untilMs: addMs(monotonicNow(), VERIFIED_TTL_MS) });
        return caller ?? 'invalid';
      } catch (error) {
        return error instanceof errors.JOSEError && !KEY_ERRORS.has(error.code) ? 'invalid' : 'unavailable';
      }
    },
    dispose() {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}

/** A caller whose token was verified. */
interface Verified {
  readonly caller: Caller & { readonly expiresAtMs: number };
  readonly untilMs: MonotonicMs;
}

/** A token names the time of day at which it expires. */
function isCurrent({ caller, untilMs }: Verified): boolean {
  return monotonicNow() < untilMs && Date.now() < caller.expiresAtMs;
}

const TOO_SOON = new Error('The keys were fetched a moment ago.');

/**
 * Bounds the size of the keys and throttles fetches: anyone can name an unknown key, and the library waits between two fetches
 * only after one that succeeded. `onKeys` is called once new ones are in use.
 */
function createKeyFetch(onKeys: () => void) {
  let triedAtMs = LONG_AGO;
  return async (url: string, { headers, signal }: RequestInit) => {
    if (monotonicNow() - triedAtMs < RETRY_INTERVAL_MS / 2) throw TOO_SOON;
    triedAtMs = monotonicNow();
    const options = { headers: Object.fromEntries(new Headers(headers)), signal: signal ?? null };
    const response = await fetch(url, { ...options, redirect: 'error', size: MAX_KEYS_BYTES });
    // In the next turn of the event loop, when the library has them.
    const json = () => response.json().finally(() => setImmediate(onKeys));
    return { status: response.status, json } as unknown as Response;
  };
}

/** Drops the URL from an error: its query may hold a secret. */
function withoutUrl(error: unknown): Error {
  if (error instanceof FetchError) return new Error(error.code ?? error.type);
  return error instanceof Error ? error : new Error(String(error));
}

/** A token without a key id is verified with each key. */
async function verify(token: string, keys: JWTVerifyGetKey, rules: JWTVerifyOptions): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, keys, rules);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      const result = await jwtVerify(token, key, rules).catch(() => null);
      if (result !== null) return result;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Whether each part is base64url as RFC 7515 requires it: unpadded, and the one way to write its bytes. The library accepts others. */
function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}

/** Null where the token names no caller. */
function callerOf(payload: JWTPayload, scopeClaim: string | null) {
  const { sub, client_id: client, exp = 0 } = payload;
  const id = isName(sub) ? `jwt:${bounded(sub)}` : isName(client) ? `client:${bounded(client)}` : null;
  if (id === null) return null;
  return {
    id,
    scopes: new Set(
      scopeClaim === null
        ? [...scopesOf(payload['scope']), ...scopesOf(payload['scp'])]
        : scopesOf(claimOf(payload, scopeClaim)),
    ),
    expiresAtMs: (exp + CLOCK_TOLERANCE_S) * 1_000,
  };
}

/** OpenID Connect allows 255 characters. A longer name is replaced by its digest, as it is logged and names a key of the rate limit. */
function bounded(name: string): string {
  return name.length <= MAX_NAME_CHARACTERS ? name : `sha256-${hash('sha256', name, 'base64url')}`;
}

/** The scopes in a claim: a list, or a text separated by spaces. */
function scopesOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
}

/** A claim by its name, which may have dots as it is often a URL, else by its path. */
function claimOf(payload: object, path: string): unknown {
  return ownValue(payload, path) ?? path.split('.').reduce<unknown>(ownValue, payload);
}

function ownValue(parent: unknown, name: string): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    ? Reflect.get(parent, name)
    : undefined;
}

function isName(claim: unknown): claim is string {
  return typeof claim === 'string' && claim !== '';
}
