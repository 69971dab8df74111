/** Who asks, as far as the server can tell. */
export interface Caller {
  /** For the log and for limits: `token:` and the name of a token, `jwt:` and the subject of a JWT, or `client:` and its client. */
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
  /** When its token is good no more; milliseconds since 1970, null: never. */
  readonly expiresAtMs: number | null;
}

/** What a caller needs to be shown phone numbers and the texts of campaigns. */
export const PERSONAL_SCOPE = 'bsg:personal';
