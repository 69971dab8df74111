import { hash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';

/** A static token (`AUTH_TOKENS`) and its caller. */
export interface StaticToken {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Finds the caller of a token; null: none. Compares in constant time, so that its duration does not reveal a token (timing attack). */
export function createTokenCheck(tokens: readonly StaticToken[]): (token: string) => Caller | null {
  const known = tokens.map(({ name, token, scopes }) => ({
    digest: digest(token),
    caller: { id: `token:${name}`, scopes: new Set(scopes), expiresAtMs: null },
  }));
  return (token) => {
    const given = digest(token);
    let found: Caller | null = null;
    for (const { digest: expected, caller } of known) if (timingSafeEqual(given, expected)) found = caller;
    return found;
  };
}

/** Digests have one length, as the comparison needs it. */
function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
