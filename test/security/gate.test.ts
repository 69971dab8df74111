import { GraphQLError } from 'graphql';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { RequestContext } from '../../src/request/context.ts';
import type { RequestHead } from '../../src/request/head.ts';
import { createAuthenticator } from '../../src/security/authentication.ts';
import { type AdmittedRequest, createGate } from '../../src/security/gate.ts';

const TOKEN = 'token_of_shop_0123456789';

/** A gate for which nothing on HTTP has to run, as another transport would use it. */
function startGate(hasTokens = true) {
  return createGate({
    isOwnHost: (name) => name === 'localhost',
    corsOrigins: ['https://app.example'],
    authenticator: hasTokens
      ? createAuthenticator({ tokens: [{ name: 'shop', token: TOKEN, scopes: ['bsg:personal'] }], jwt: null }, () => {})
      : null,
    maxBodyBytes: 1_000,
    rateLimit: null,
    sink: { onRead: () => {}, onUpstreamRequest: () => {}, onRefused: () => {} },
  });
}

function head(headers: Record<string, string>, method = 'POST'): RequestHead {
  const sent: Record<string, string> = {
    host: 'localhost:4000',
    authorization: `Bearer ${TOKEN}`,
    'content-length': '20',
    ...headers,
  };
  return {
    method,
    path: '/graphql',
    header: (name) => sent[name] ?? null,
    names: () => Object.keys(sent),
    peerAddress: '192.0.2.1',
  };
}

function receive(head: RequestHead): RequestContext {
  const received = startGate().receive(head);
  if (received instanceof GraphQLError) throw received;
  return received;
}

describe('the gate', () => {
  it('admits a request with a valid token, and knows its caller from then on', async () => {
    const admitted = await startGate().admit(receive(head({ 'x-request-id': 'order-7' })));
    expect(admitted).toMatchObject({
      requestId: 'order-7',
      caller: { id: 'token:shop', scopes: new Set(['bsg:personal']) },
    });
  });

  it('admits at once where callers need no token', () => {
    expect(startGate(false).admit(receive(head({})))).toMatchObject({ caller: null, maySeePersonal: true });
  });

  it.each([
    ['from a page of another site', head({ 'sec-fetch-site': 'cross-site' }, 'GET'), 'CROSS_SITE_REQUEST'],
    ['without a valid token', head({ authorization: 'Bearer token_of_nobody_0123456789' }), 'UNAUTHENTICATED'],
    ['with a body over the limit', head({ 'content-length': '1001' }), 'REQUEST_BODY_TOO_LARGE'],
  ])('refuses a request %s, whatever transport brings it', async (_, refused, code) => {
    await expect(async () => startGate().admit(receive(refused))).rejects.toMatchObject({ extensions: { code } });
  });

  it('receives no request for the host of another site (DNS rebinding)', () => {
    expect(startGate().receive(head({ host: 'e'.repeat(254) }))).toMatchObject({ extensions: { code: 'BAD_REQUEST' } });
    expect(startGate().receive(head({ host: 'evil.example' }))).toMatchObject({
      extensions: { code: 'HOST_NOT_ALLOWED' },
    });
  });

  it('receives no preflight for a page of another origin', () => {
    expect(startGate().receive(head({ origin: 'https://evil.example' }, 'OPTIONS'))).toMatchObject({
      extensions: { code: 'CROSS_SITE_REQUEST' },
    });
    expect(receive(head({ origin: 'https://app.example' }, 'OPTIONS'))).not.toBeInstanceOf(GraphQLError);
  });

  it('is the only maker of the requests that operations run for', () => {
    expectTypeOf<AdmittedRequest>().toExtend<RequestContext>();
    expectTypeOf<RequestContext>().not.toExtend<AdmittedRequest>();
  });
});
