/** The section `auth` of the configuration: which callers are authorized. */
import { z } from 'zod';
import { httpVariables, isLoopback } from './http.ts';
import { errorOf, oneOf, parsed, splitList, text } from './values.ts';

const JWT_TOGETHER = 'AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE are required together';

/** The variables of the section. */
export const authVariables = {
  AUTH_TOKENS: parsed('name:token or name:token:scopes, separated by commas, scopes separated by spaces', parseTokens)
    .optional()
    .meta({ description: 'Bearer tokens of authorized callers, each with a name and optional scopes.', secret: true }),
  AUTH_JWKS_URL: text(
    'an http or https address without credentials',
    (url) => /^https?:\/\/[^\s@]+$/.test(url) && URL.canParse(url),
  )
    .optional()
    .describe('Where the issuer publishes the keys that sign its JWTs. Goes with `AUTH_ISSUER` and `AUTH_AUDIENCE`.'),
  AUTH_ISSUER: text('any text').optional().describe('The `iss` that a JWT has to have.'),
  AUTH_AUDIENCE: text('any text').optional().describe('The `aud` that a JWT has to have.'),
  AUTH_SCOPE_CLAIM: text(
    'the name of a claim, or the path to one with dots, such as realm_access.roles',
    (path) => !/\s|^\.|\.$/.test(path),
  )
    .optional()
    .meta({
      description:
        'Claim of a JWT that has the scopes: a list, or a text separated by spaces. Goes with `AUTH_JWKS_URL`.',
      default: '`scope` and `scp`',
    }),
  AUTH: oneOf(['none'])
    .optional()
    .describe(
      '`none` authorizes everyone, where a choice is required: in production, and with a `HOST` that other machines can reach.',
    ),
};

/** Which callers are authorized; null: everyone. */
export const auth = z
  .object({ ...authVariables, NODE_ENV: httpVariables.NODE_ENV, HOST: httpVariables.HOST })
  .refine(
    ({ NODE_ENV, HOST, ...env }) =>
      !(NODE_ENV || !isLoopback(HOST ?? 'localhost')) || env.AUTH !== undefined || hasAuthentication(env),
    errorOf(
      'AUTH_TOKENS',
      'AUTH_TOKENS or AUTH_JWKS_URL is required in production, and with a HOST that other machines can reach; AUTH=none authorizes everyone',
    ),
  )
  .refine(
    (env) => env.AUTH === undefined || !hasAuthentication(env),
    errorOf('AUTH', 'expected no value together with AUTH_TOKENS or AUTH_JWKS_URL'),
  )
  .superRefine(
    ({ AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE }, context) => {
      const variables = Object.entries({ AUTH_JWKS_URL, AUTH_ISSUER, AUTH_AUDIENCE });
      const missing = variables.filter(([, value]) => value === undefined);
      if (missing.length === variables.length) return;
      for (const [name] of missing) context.addIssue({ code: 'custom', path: [name], message: JWT_TOGETHER });
    },
    { when: () => true },
  )
  .refine(
    ({ AUTH_SCOPE_CLAIM, AUTH_JWKS_URL }) => AUTH_SCOPE_CLAIM === undefined || AUTH_JWKS_URL !== undefined,
    errorOf('AUTH_SCOPE_CLAIM', 'expected no value without AUTH_JWKS_URL'),
  )
  .transform(({ AUTH_TOKENS: tokens = [], ...env }) => {
    const { AUTH_JWKS_URL: jwksUrl, AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience } = env;
    /** The issuer whose JWTs are accepted; null: none. */
    const jwt =
      jwksUrl && issuer && audience ? { jwksUrl, issuer, audience, scopeClaim: env.AUTH_SCOPE_CLAIM ?? null } : null;
    return tokens.length === 0 && jwt === null ? null : { tokens, jwt };
  });

function hasAuthentication(env: { readonly AUTH_TOKENS?: unknown; readonly AUTH_JWKS_URL?: unknown }): boolean {
  return env.AUTH_TOKENS !== undefined || env.AUTH_JWKS_URL !== undefined;
}

/** Throws the first error, without the token. Names and tokens are unique. */
function parseTokens(text: string) {
  const tokens = splitList(text).map(parseToken);
  if (tokens.length === 0) throw new Error('expected name:token, separated by commas');
  if (new Set(tokens.map(({ name }) => name)).size < tokens.length) throw new Error('expected each name once');
  if (new Set(tokens.map(({ token }) => token)).size < tokens.length) throw new Error('expected each token once');
  return tokens;
}

function parseToken(entry: string, i: number) {
  const [, name, token = '', scopes = ''] = /^([\w.-]+):([^:]*)(?::([\w.:/ -]*))?$/.exec(entry) ?? [];
  const place = `entry ${i + 1}${name === undefined ? '' : ` (${name})`}`;
  if (name === undefined)
    throw new Error(`${place}: expected name:token or name:token:scopes, scopes separated by spaces`);
  if (token.length < 16) throw new Error(`${place}: the token has ${token.length} characters, expected 16 or more`);
  if (!/^[\w.~+/=-]+$/.test(token)) throw new Error(`${place}: expected a token of A-Z a-z 0-9 - . _ ~ + / =`);
  return { name, token, scopes: scopes.split(' ').filter((scope) => scope !== '') };
}
