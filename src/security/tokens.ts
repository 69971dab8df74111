import { createHash, timingSafeEqual } from 'node:crypto';
import type { Caller } from './caller.ts';

/** A token that is known beforehand, and whom it stands for. */
export interface StaticToken {
  readonly name: string;
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Finds whose token it is; null: no one's. Takes as long for a token that is nearly right as for any other. */
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

/** Of one length, as the comparison needs it. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
