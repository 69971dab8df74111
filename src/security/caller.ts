/** Who asks, as far as the server can tell. */
export interface Caller {
  /** For the log and for limits: the name of a token, or the subject of a JWT. */
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

/** What a caller needs to be shown phone numbers and the texts of campaigns. */
export const PERSONAL_SCOPE = 'bsg:personal';
