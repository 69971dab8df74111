/** Who asks, as far as the server can tell. */
export interface Caller {
  /** For the log and for limits: `token:` and the name of a token, or `jwt:` and the subject of a JWT. */
  readonly id: string;
  readonly scopes: ReadonlySet<string>;
}

/** What a caller needs to be shown phone numbers and the texts of campaigns. */
export const PERSONAL_SCOPE = 'bsg:personal';
