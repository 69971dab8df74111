/** The table of BSG's error codes, with those of this layer. */

/**
 * What a caller can do about a failure; the groups are the members of `BsgError` in the schema.
 *
 * - `notFound`: nothing has that id.
 * - `invalidRequest`: correct the request.
 * - `conflict`: something with that id or phone already exists.
 * - `access`: the account lacks the permission; see the BSG cabinet.
 * - `unavailable`: BSG is down, slow or limits requests; a retry may help.
 */
export const BSG_ERROR_GROUPS = ['notFound', 'invalidRequest', 'conflict', 'access', 'unavailable'] as const;

/** One of {@link BSG_ERROR_GROUPS}. */
export type BsgErrorGroup = (typeof BSG_ERROR_GROUPS)[number];

/** One row of {@link BSG_CODES}. */
export interface BsgCode {
  /** BSG's number; null for the codes that are this layer's own. */
  readonly bsgCode: number | null;
  readonly group: BsgErrorGroup;
  /** Whether the same request may succeed later with nothing changed. */
  readonly retryable: boolean;
  /** What happened, in words for people. */
  readonly meaning: string;
  /** {@link BsgCode.meaning} with BSG's number, for the schema. */
  readonly description: string;
}

const notFound = (bsgCode: number, meaning: string) => row(bsgCode, 'notFound', meaning);
const invalid = (bsgCode: number, meaning: string) => row(bsgCode, 'invalidRequest', meaning);
const conflict = (bsgCode: number, meaning: string) => row(bsgCode, 'conflict', meaning);
const access = (bsgCode: number, meaning: string) => row(bsgCode, 'access', meaning);
const unavailable = (bsgCode: number | null, meaning: string, retryable = true) =>
  row(bsgCode, 'unavailable', meaning, retryable);

function row(bsgCode: number | null, group: BsgErrorGroup, meaning: string, retryable = false): BsgCode {
  return {
    bsgCode,
    group,
    retryable,
    meaning,
    description: bsgCode === null ? meaning : `${meaning} (BSG ${bsgCode})`,
  };
}

/**
 * The table of errors: BSG's common codes 1 to 12 with 14 and 15 of its price checks, its SMS codes 20 to 36 (page "Get SMS
 * status", the common error list and the newer specification), then the codes of this layer.
 */
export const BSG_CODES = {
  INVALID_API_KEY: access(1, 'BSG does not accept the API key.'),
  USER_BLOCKED: access(2, 'The BSG account is blocked.'),
  NOT_ENOUGH_PARAMETERS: invalid(3, 'The request lacks a parameter.'),
  FUNCTION_NOT_SUPPORTED: access(4, 'BSG does not offer this function to the account.'),
  UNKNOWN_ERROR: unavailable(5, 'BSG failed without a reason.'),
  NO_SUCH_TARIFF: invalid(6, 'There is no such tariff.'),
  INVALID_PARAMETERS: invalid(7, 'A parameter is not valid; for an SMS id: it is 1 to 20 digits.'),
  NOT_ENOUGH_FUNDS: access(8, 'The BSG account is out of funds.'),
  TARIFF_INACTIVE: access(9, 'The tariff is not active.'),
  INVALID_SENDING_TIME: invalid(10, 'The sending time is not valid.'),
  TOO_MANY_MESSAGES_IN_PROCESS: unavailable(11, 'BSG has too many messages in process.'),
  PACKAGE_TOO_LARGE: invalid(12, 'The package of messages is too large.'),
  NOT_ENOUGH_BALANCE: access(14, 'The balance of the BSG account does not cover the price.'),
  INVALID_PRICE_GRID: access(15, 'The price grid of the BSG account is not valid.'),
  SMS_NOT_FOUND: notFound(20, 'BSG knows no SMS with this id or reference.'),
  INVALID_PHONE_NUMBER: invalid(21, 'The phone number is not valid.'),
  REFERENCE_MISSING: invalid(22, 'The reference (external id) is missing.'),
  REFERENCE_ALREADY_USED: conflict(23, 'An SMS with this reference already exists.'),
  INVALID_PAYLOAD: invalid(24, 'BSG cannot read the request.'),
  INVALID_ORIGINATOR: invalid(25, 'The originator (sender name) is not valid.'),
  INVALID_TEXT: invalid(26, 'The text of the SMS is empty or too long.'),
  INVALID_REFERENCE: invalid(27, 'The reference is not valid: it is 1 to 50 characters of A-Z, a-z, 0-9, _ and -.'),
  INVALID_VALIDITY: invalid(28, 'The validity period is not valid.'),
  INVALID_TASK_ID: invalid(29, 'The task id is not valid: it is 1 to 20 digits.'),
  TASK_NOT_FOUND: notFound(30, 'BSG knows no campaign with this task id.'),
  PHONE_ALREADY_LISTED: conflict(31, 'The phone number is already in the messaging list.'),
  SENDER_NOT_ALLOWED: access(32, 'The sender is not allowed.'),
  UNRESOLVED_DIRECTION: access(33, 'The account has no route to this direction.'),
  INVALID_OTP: invalid(34, 'The one-time password is not valid, or no code could be made.'),
  TWO_WAY_NOT_ACTIVATED: access(35, 'The two-way service is not activated.'),
  INVALID_TWO_WAY_SENDER: access(36, 'The sender is not valid for the two-way service.'),
  ACCESS_DENIED: row(null, 'access', 'BSG denies the account access to this (HTTP 403).'),
  TIMEOUT: unavailable(null, 'BSG did not respond in time.'),
  NETWORK: unavailable(null, 'BSG could not be reached, or the connection broke.'),
  RATE_LIMITED: unavailable(null, 'BSG limits the request rate (HTTP 429).'),
  BAD_RESPONSE: unavailable(null, 'The response is not one of BSG: HTML, empty, cut or of an unknown shape.'),
  UNRECOGNIZED: unavailable(null, 'BSG returned an error number that this version does not know.', false),
} as const satisfies Record<string, BsgCode>;

/** The stable name of an error, such as `SMS_NOT_FOUND`. */
export type BsgErrorCode = keyof typeof BSG_CODES;

/** The names of all errors. */
export const ERROR_CODES: readonly BsgErrorCode[] = Object.keys(BSG_CODES) as BsgErrorCode[];

const codeByNumber = new Map(ERROR_CODES.map((code) => [BSG_CODES[code].bsgCode, code]));

/** The name of BSG's number; `UNRECOGNIZED` for a number that BSG does not list. */
export function codeOf(bsgCode: number): BsgErrorCode {
  return codeByNumber.get(bsgCode) ?? 'UNRECOGNIZED';
}
