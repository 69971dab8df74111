import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { configErrorOf } from '../helpers/config-error.ts';

const jwt = {
  AUTH_JWKS_URL: 'https://issuer.example/keys?version=1',
  AUTH_ISSUER: 'https://issuer.example/',
  AUTH_AUDIENCE: 'bsg',
};

describe('the configuration of authentication', () => {
  it('takes tokens with and without scopes, and the issuer of JWTs', () => {
    const AUTH_TOKENS = 'web:token_of_web_0123456789, support:token_of_support_01234:bsg:personal other';
    expect(readConfig({ ...jwt, AUTH_TOKENS }).auth).toEqual({
      tokens: [
        { name: 'web', token: 'token_of_web_0123456789', scopes: [] },
        { name: 'support', token: 'token_of_support_01234', scopes: ['bsg:personal', 'other'] },
      ],
      jwt: {
        jwksUrl: 'https://issuer.example/keys?version=1',
        issuer: 'https://issuer.example/',
        audience: 'bsg',
        scopeClaim: null,
      },
    });
  });

  it.each([
    ['in production', { NODE_ENV: 'production', BSG_API_KEY: 'live_x' }],
    ['on all IPv4 interfaces', { HOST: '0.0.0.0' }],
    ['on all IPv6 interfaces', { HOST: '::' }],
  ])('requires a choice of authentication %s', (_, environment) => {
    expect(configErrorOf(environment)).toMatch(
      /AUTH_TOKENS is not set: AUTH_TOKENS or AUTH_JWKS_URL is required .*; AUTH=none authorizes everyone/,
    );
    expect(readConfig({ ...environment, AUTH: 'none' }).auth).toBeNull();
    expect(readConfig({ ...environment, ...jwt }).auth).toMatchObject({ tokens: [] });
  });

  it('refuses AUTH=none together with authentication', () => {
    expect(configErrorOf({ AUTH: 'none', AUTH_TOKENS: 'web:token_of_web_0123456789' })).toContain(
      'AUTH is "none": expected no value together with AUTH_TOKENS or AUTH_JWKS_URL',
    );
  });

  it.each(Object.keys(jwt))('requires %s with the other two variables of JWTs', (name) => {
    expect(configErrorOf({ ...jwt, [name]: '' })).toContain(
      `${name} is not set: AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are required together`,
    );
  });

  it('takes the claim that has the scopes of JWTs, and refuses one without JWTs', () => {
    expect(readConfig({ ...jwt, AUTH_SCOPE_CLAIM: 'realm_access.roles' }).auth?.jwt?.scopeClaim).toBe(
      'realm_access.roles',
    );
    expect(configErrorOf({ AUTH_SCOPE_CLAIM: 'roles' })).toContain(
      'AUTH_SCOPE_CLAIM is "roles": expected no value without AUTH_JWKS_URL',
    );
  });

  it.each([
    ['AUTH', 'no'],
    ['AUTH_SCOPE_CLAIM', 'my roles'],
    ['AUTH_JWKS_URL', 'issuer.example/keys'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ [name]: value })).toContain(`${name} is "${value}": expected`);
  });

  it.each([
    ['web:token_of_web_0123456789,other:short', 'entry 2 (other): the token has 5 characters, expected 16 or more'],
    ['token_of_web_0123456789', 'entry 1: expected name:token or name:token:scopes'],
    ['web:token_of_web_0123456789,web:token_of_other_0123456789', 'expected each name once'],
    ['web:token_of_web_0123456789,other:token_of_web_0123456789', 'expected each token once'],
    ['web:token of web 0123456789', 'entry 1 (web): expected a token of A-Z'],
    [',', 'expected name:token'],
  ])('refuses the tokens %s with the entry and the reason, without the token', (tokens, reason) => {
    const message = configErrorOf({ AUTH_TOKENS: tokens });
    expect(message).toContain(`AUTH_TOKENS is (not shown): ${reason}`);
    expect(message).not.toContain('token_of');
  });
});
