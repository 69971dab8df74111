import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { listen } from './http.ts';

/** An issuer of tokens, whose keys can be changed and who can be away. */
export async function startIssuer() {
  const issuer = { keyId: 'first', keyIds: null as readonly string[] | null, calls: 0, isAway: false };
  const pairs = new Map<string, ReturnType<typeof generateKeyPair>>();
  const pairOf = (keyId: string) => {
    const pair = pairs.get(keyId) ?? generateKeyPair('ES256');
    pairs.set(keyId, pair);
    return pair;
  };
  const url = await listen(async (_, response) => {
    issuer.calls++;
    if (issuer.isAway) return void response.writeHead(503).end();
    const published = issuer.keyIds ?? [issuer.keyId];
    const keys = await Promise.all(
      published.map(async (kid) => ({ ...(await exportJWK((await pairOf(kid)).publicKey)), kid, alg: 'ES256' })),
    );
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
  });
  return {
    issuer,
    environment: { AUTH_JWKS_URL: `${url}/keys`, AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'bsg' },
    async sign(
      claims: Record<string, unknown> = {},
      {
        keyId = issuer.keyId,
        expiresIn = '5m',
        header = { alg: 'ES256', kid: keyId },
      }: { keyId?: string; expiresIn?: string | null; header?: { alg: string; kid?: string } } = {},
    ) {
      const token = new SignJWT({ sub: 'someone', iss: 'https://issuer.example', aud: 'bsg', ...claims });
      if (expiresIn !== null) token.setExpirationTime(expiresIn);
      return token.setProtectedHeader(header).sign((await pairOf(keyId)).privateKey);
    },
  };
}
