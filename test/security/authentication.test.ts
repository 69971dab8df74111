import { SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { graphqlPost, listen, subscribe } from '../helpers/http.ts';
import { startIssuer } from '../helpers/issuer.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const query = '{ sms(id: "1") { ... on Sms { id } } }';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };

function send(app: ReturnType<typeof startApp>, headers: Record<string, string>) {
  return app.fetch('/graphql', graphqlPost({ query }, headers));
}

describe('a static token', () => {
  it('authenticates its caller, whose name is in the request log', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    for (const token of [TOKENS.personal, TOKENS.plain]) {
      const response = await send(app, bearer(token));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { sms: { id: '1' } } });
    }
    expect((await send(app, { authorization: `bearer   ${TOKENS.plain}` })).status).toBe(200);
    expect(app.requestLines().map(({ caller }) => caller)).toEqual([
      'token:support',
      'token:dashboard',
      'token:dashboard',
    ]);
  });

  it.each([
    ['no token', {}, 'Bearer'],
    ['an unknown token', bearer('token_of_nobody_0123456789'), 'Bearer error="invalid_token"'],
    ['the start of a token', bearer(TOKENS.plain.slice(0, -1)), 'Bearer error="invalid_token"'],
    ['a token and more', bearer(`${TOKENS.plain}x`), 'Bearer error="invalid_token"'],
    ['the name of a caller', bearer('dashboard'), 'Bearer error="invalid_token"'],
    ['another scheme', { authorization: `Basic ${TOKENS.plain}` }, 'Bearer error="invalid_token"'],
    ['a bare token', { authorization: TOKENS.plain }, 'Bearer error="invalid_token"'],
  ])('is required: a request with %s is 401 UNAUTHENTICATED, and not sent to BSG', async (_, headers, challenge) => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { AUTH_TOKENS });
    const response = await send(app, headers as Record<string, string>);

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(challenge);
    expect(await response.json()).toEqual({
      errors: [{ message: expect.stringMatching(/token/), extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(bsg.paths).toEqual([]);
    expect(app.requestLines()).toMatchObject([{ status: 401, outcome: 'UNAUTHENTICATED', caller: null }]);
  });

  it.each([
    ['with the query in the URL', '/graphql?query={__typename}', { method: 'GET' }],
    ['with a body that is not JSON', '/graphql', graphqlPost('{')],
    [
      'for an event stream',
      '/graphql?query=subscription{campaignUpdates(taskId:"1"){__typename}}',
      { headers: { accept: 'text/event-stream' } },
    ],
    ['with another method', '/graphql', { method: 'PUT', headers: json, body: '{}' }],
  ])('is required for a request %s, too', async (_, path, init) => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    expect((await app.fetch(path, init)).status).toBe(401);
  });

  it('authenticates a subscription', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';
    const updates = subscribe(await listen(app.listener), query, undefined, bearer(TOKENS.plain));
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'DELIVERED' } });
  });

  it('is not required for /health and /ready, but for /metrics and the details of /ready', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    expect((await app.fetch('/health')).status).toBe(200);
    expect(await (await app.fetch('/ready')).json()).toEqual({ status: 'ready' });
    expect(await (await app.fetch('/ready', { headers: bearer(TOKENS.plain) })).json()).toMatchObject({ bsg: 'up' });
    expect((await app.fetch('/metrics')).status).toBe(401);
    expect((await app.fetch('/metrics', { headers: bearer(TOKENS.plain) })).status).toBe(200);
  });
});

describe('a JWT', () => {
  it('authenticates its subject, with the scopes in scope or scp', async () => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const read = '{ sms(id: "1") { ... on Sms { msisdn } } }';
    for (const claims of [{ scope: 'openid bsg:personal' }, { scp: ['bsg:personal'] }]) {
      expect(await app.query(read, {}, bearer(await sign(claims)))).toEqual({
        data: { sms: { msisdn: '380972000001' } },
      });
    }
    expect(await app.query(read, {}, bearer(await sign({ scope: 'bsg:personalities' })))).toMatchObject({
      data: { sms: { msisdn: null } },
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    expect(app.requestLines()[0]).toMatchObject({ caller: 'jwt:someone' });
  });

  it('with a subject or client of more than 255 characters is logged and counted by its digest', async () => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const names = ['a'.repeat(255), 'a'.repeat(256), `${'a'.repeat(255)}b`];
    for (const sub of names) await app.query('{ __typename }', {}, bearer(await sign({ sub })));
    await app.query('{ __typename }', {}, bearer(await sign({ sub: undefined, client_id: 'c'.repeat(5_000) })));

    const callers = app.requestLines().map(({ caller }) => caller);
    expect(callers).toEqual([
      `jwt:${names[0]}`,
      expect.stringMatching(/^jwt:sha256-[\w-]{43}$/),
      expect.stringMatching(/^jwt:sha256-[\w-]{43}$/),
      expect.stringMatching(/^client:sha256-[\w-]{43}$/),
    ]);
    expect(new Set(callers).size).toBe(4);
  });

  it.each<[string, string, Record<string, unknown>, boolean]>([
    ['the permissions of Auth0', 'permissions', { permissions: ['read', 'bsg:personal'] }, true],
    ['the roles of Entra', 'roles', { roles: ['bsg:personal'] }, true],
    ['the roles of Keycloak', 'realm_access.roles', { realm_access: { roles: ['bsg:personal'] } }, true],
    ['a claim whose name has dots', 'https://a.example/roles', { 'https://a.example/roles': 'x bsg:personal' }, true],
    ['a claim of another name', 'roles', { scope: 'bsg:personal', scp: ['bsg:personal'] }, false],
    ['a role that only contains the scope', 'roles', { roles: ['not bsg:personal'] }, false],
    ['a path into what every object inherits', 'constructor.name', { roles: ['bsg:personal'] }, false],
    ['a path through a text', 'realm_access.roles', { realm_access: 'bsg:personal' }, false],
  ])('has the scopes in the claim of AUTH_SCOPE_CLAIM: %s', async (_, path, claims, isPersonal) => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, { ...environment, AUTH_SCOPE_CLAIM: path });
    const read = '{ sms(id: "1") { ... on Sms { msisdn } } }';
    expect(await app.query(read, {}, bearer(await sign(claims)))).toMatchObject({
      data: { sms: { msisdn: isPersonal ? '380972000001' : null } },
    });
  });

  it('is verified once for many requests, and the signing keys are fetched once', async () => {
    const { issuer, environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const token = await sign();
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await send(app, bearer(token))).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(issuer.calls).toBeLessThanOrEqual(1);
  });

  it.each<[string, (sign: Awaited<ReturnType<typeof startIssuer>>['sign']) => Promise<string> | string]>([
    ['of another issuer', (sign) => sign({ iss: 'https://other.example' })],
    ['for another audience', (sign) => sign({ aud: 'other' })],
    ['that has expired', (sign) => sign({}, { expiresIn: '-5m' })],
    ['that is not valid yet', (sign) => sign({ nbf: Math.floor(Date.now() / 1_000) + 600 })],
    ['without a signature', async (sign) => (await sign()).replace(/[^.]+$/, '')],
    [
      'with another signature',
      async (sign) => (await sign()).replace(/[^.]+$/, (await sign({ sub: 'x' })).split('.')[2] ?? ''),
    ],
    [
      'with the algorithm none',
      () => `${part({ alg: 'none' })}.${part({ iss: 'https://issuer.example', aud: 'bsg', sub: 'x', exp: 9e9 })}.`,
    ],
    [
      'signed with a shared secret',
      () =>
        new SignJWT({ iss: 'https://issuer.example', aud: 'bsg' })
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .setExpirationTime('5m')
          .sign(new Uint8Array(32)),
    ],
    ['signed by an unknown key', (sign) => sign({}, { keyId: 'of_a_stranger' })],
    ['that is malformed', () => 'a.b.c'],
    ['whose signature is padded', async (sign) => `${await sign()}==`],
    ['whose header is padded', async (sign) => (await sign()).replace('.', '=.')],
    ['whose signature has other unused bits', async (sign) => (await sign()).replace(/.$/, otherUnusedBits)],
  ])('%s is refused with 401', async (_, tokenBy) => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const response = await send(app, bearer(await tokenBy(sign)));
    expect(response.status).toBe(401);
  });

  it.each([
    ['without exp', {}, { expiresIn: null }],
    ['without a subject or client', { sub: undefined }, {}],
    ['with a number as subject', { sub: 7 }, {}],
  ])('%s is refused with 401', async (_, claims, how) => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    expect((await send(app, bearer(await sign(claims, how)))).status).toBe(401);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
  });

  it('is refused once it expires, even if it was verified a moment before', async () => {
    fakeClock();
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const token = await sign({}, { expiresIn: '40s' });
    expect((await send(app, bearer(token))).status).toBe(200);
    vi.advanceTimersByTime(35_000);
    expect((await send(app, bearer(token))).status).toBe(200);
    // The clocks of two machines may differ by half a minute.
    vi.advanceTimersByTime(36_000);
    expect((await send(app, bearer(token))).status).toBe(401);
  });

  it('without a key id is verified with each key of the issuer', async () => {
    const { issuer, environment, sign } = await startIssuer();
    issuer.keyIds = ['first', 'second'];
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const unnamed = { header: { alg: 'ES256' } };
    expect((await send(app, bearer(await sign({}, { keyId: 'second', ...unnamed })))).status).toBe(200);
    expect((await send(app, bearer(await sign({}, { keyId: 'of_a_stranger', ...unnamed })))).status).toBe(401);
  });

  it('of a subject, one of a client and a static token are three callers, even by the same name', async () => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, { ...environment, AUTH_TOKENS, RATE_LIMIT: '1' });
    for (const headers of [
      bearer(await sign({ sub: 'dashboard' })),
      bearer(await sign({ sub: undefined, client_id: 'dashboard' })),
      bearer(TOKENS.plain),
    ]) {
      expect((await send(app, headers)).status).toBe(200);
      expect((await send(app, headers)).status).toBe(429);
    }
  });

  it('closes its subscriptions when it expires', async () => {
    const { environment, sign } = await startIssuer();
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireSms({ id: '1', status: 'sent' })));
    const app = startApp(bsg.baseUrl, environment);
    // Half a minute after its end it is still taken, as clocks differ.
    const headers = bearer(await sign({}, { expiresIn: '-28s' }));
    const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';
    const updates = subscribe(await listen(app.listener), query, undefined, headers);
    await updates.next();
    await expect(updates.next()).rejects.toThrow();
  });

  it('signed by an unknown key causes one fetch of the keys, not one for each request, while the issuer is unavailable', async () => {
    const { issuer, environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    fakeClock();
    vi.advanceTimersByTime(365 * 86_400_000);
    issuer.isAway = true;
    issuer.calls = 0;
    const strange = await sign({}, { keyId: 'of_a_stranger', expiresIn: '5m' });
    for (let i = 0; i < 50; i++) await send(app, bearer(strange));
    expect(issuer.calls).toBe(1);
  });

  it('signed by a new key is accepted after the keys are fetched again, at most once in five seconds', async () => {
    fakeClock();
    const { issuer, environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    issuer.keyId = 'second';
    expect((await send(app, bearer(await sign()))).status).toBe(401);
    vi.advanceTimersByTime(5_000);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    expect(issuer.calls).toBe(2);
  });

  it('signed by a withdrawn key is refused once the keys are fetched again, even if it was verified a moment before', async () => {
    fakeClock();
    const { issuer, environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const withdrawn = await sign();
    for (let i = 1; i <= 2; i++) expect((await send(app, bearer(withdrawn))).status).toBe(200);
    issuer.keyId = 'second';
    vi.advanceTimersByTime(5_000);
    expect((await send(app, bearer(withdrawn))).status).toBe(200);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    expect((await send(app, bearer(withdrawn))).status).toBe(401);
  });

  it('is accepted beside static tokens', async () => {
    const { environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, { ...environment, AUTH_TOKENS });
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    expect((await send(app, bearer(TOKENS.plain))).status).toBe(200);
  });

  it('is 503 AUTHENTICATION_UNAVAILABLE, and the server is not ready, until the signing keys are fetched', async () => {
    const { issuer, environment, sign } = await startIssuer();
    issuer.isAway = true;
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    const token = await sign();

    const response = await send(app, bearer(token));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'AUTHENTICATION_UNAVAILABLE' } }] });
    expect((await app.fetch('/ready')).status).toBe(503);
    expect(await (await app.fetch('/ready')).json()).toEqual({ status: 'starting' });
    expect(app.log()).toMatch(/Signing keys could not be fetched/);

    issuer.isAway = false;
    await expect.poll(async () => (await app.fetch('/ready')).status, { timeout: 10_000 }).toBe(200);
    expect((await send(app, bearer(token))).status).toBe(200);
  });

  it('is accepted while the issuer is unavailable, once its keys were fetched', async () => {
    const { issuer, environment, sign } = await startIssuer();
    const app = startApp((await startFakeBsg()).baseUrl, environment);
    expect((await send(app, bearer(await sign()))).status).toBe(200);
    issuer.isAway = true;
    expect((await send(app, bearer(await sign({ sub: 'another' })))).status).toBe(200);
    expect((await app.fetch('/ready')).status).toBe(200);
  });
});

/** The last character of 64 bytes in base64url has four bits that mean nothing. */
function otherUnusedBits(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(last) + 1] ?? '';
}

function part(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
}
