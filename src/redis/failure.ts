/** Why Redis cannot be used, as a code that reveals neither address nor secret. */

/** An error that Redis itself sent. The connection is fine, and other commands may succeed. */
export function isErrorReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/**
 * The code of an error: of the system, such as `ECONNREFUSED`, of TLS, such as `SELF_SIGNED_CERT_IN_CHAIN`, or of Redis, such as
 * `WRONGPASS`; `TIMEOUT`, or `DISCONNECTED` where nothing more is known.
 */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'DISCONNECTED';
  if ('lastNodeError' in error) return codeOf(error.lastNodeError);
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (/timed? ?out/i.test(error.message)) return 'TIMEOUT';
  // In a script it has no code; before Redis 7.2 in other words.
  if (/ACL failure in script|The user executing the script/.test(error.message)) return 'NOPERM';
  // Redis begins its errors with a code; ioredis ends its own with the error behind them.
  return /\b[A-Z][A-Z0-9_]{2,}\b/.exec(error.message)?.[0] ?? 'DISCONNECTED';
}
