/** The authenticated caller of a request. */
export interface Caller {
  /** For the log and the rate limit: `token:` and the name of a token, `jwt:` and the subject of a JWT, or `client:` and its `client_id`. */
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
  /** When its token expires; milliseconds since 1970, null: never. */
  readonly expiresAtMs: number | null;
}

/** The scope that authorizes a caller to read phone numbers and the texts of campaigns. */
export const PERSONAL_SCOPE = 'bsg:personal';
