/** Tokens of callers, and the search for secrets in what the server writes. */
import { expect } from 'vitest';

/** The tokens that tests give to callers: one who may see personal data, and one who may not. */
export const TOKENS = { personal: 'token_of_personal_0123456789', plain: 'token_of_plain_0123456789' };

/** `AUTH_TOKENS` for them. */
export const AUTH_TOKENS = `support:${TOKENS.personal}:bsg:personal,dashboard:${TOKENS.plain}`;

/** Keys of BSG, tokens of callers, secrets of the reports, as the tests name them, and JWTs. */
const SECRETS = /\b(?:live|test)_[a-z]\w{3,}|\btoken_of_\w+|\bsecret_of_\w+|\beyJ[\w-]{10,}/;
/** The phones of the sandbox and of the tests; not the end of a random UUID, nor the decimals of a duration. */
const PHONES = /(?<![\w.-])380\d{9}(?![\w-])/;

/** For every response to a caller. */
export function expectNoSecret(text: string): void {
  expect(SECRETS.exec(text)?.[0], text.slice(0, 2_000)).toBeUndefined();
}

/** For what operators read: the log, metrics, traces. */
export function expectNothingPersonal(text: string): void {
  expectNoSecret(text);
  expect(PHONES.exec(text)?.[0], text.slice(0, 2_000)).toBeUndefined();
}
