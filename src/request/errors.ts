/** The table of request errors: code, HTTP status, message and headers of each. */
import { GraphQLError, type GraphQLErrorOptions } from 'graphql';
import { NO_STORE } from './cache-control.ts';

/** One row of {@link REQUEST_ERRORS}. */
interface ErrorRow {
  /** `extensions.code`, by which clients decide. Rows may share one. */
  readonly code: string;
  /** HTTP status of the response; null for the error of one field, beside `data` in a 200. */
  readonly status: number | null;
  /**
   * Whether clients that accept only `application/json` receive 200 in its place, as GraphQL over HTTP has it for errors of
   * the operation.
   * @default false
   */
  readonly isOfOperation?: boolean;
  readonly message: string | ((facts: never) => string);
  /** Facts that the client receives beside the code, in `extensions`. @default none */
  readonly shows?: readonly string[];
  /** Seconds, as `Retry-After` and `extensions.retryAfter`. @default the fact `retryAfter`, if the row has one */
  readonly retryAfter?: number;
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Every error that this server makes of a request, as opposed to a failure of BSG (`BsgErrorCode`), which is data.
 * `docs/errors.md` has the same codes.
 */
export const REQUEST_ERRORS = {
  hostInvalid: { code: 'BAD_REQUEST', status: 400, message: 'Malformed Host header.' },
  hostNotAllowed: {
    code: 'HOST_NOT_ALLOWED',
    status: 403,
    message: ({ host }: { readonly host: string }) =>
      `Host ${host} is not allowed: set AUTH=none to allow any, or configure authentication (AUTH_TOKENS).`,
  },
  crossSiteRequest: {
    code: 'CROSS_SITE_REQUEST',
    status: 403,
    message: 'Cross-origin request blocked: add the origin to CORS_ORIGINS.',
  },
  tokenMissing: {
    code: 'UNAUTHENTICATED',
    status: 401,
    message: 'Authentication required: send a token as Authorization: Bearer <token>.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  tokenInvalid: {
    code: 'UNAUTHENTICATED',
    status: 401,
    message: 'Invalid or expired token.',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  },
  authenticationUnavailable: {
    code: 'AUTHENTICATION_UNAVAILABLE',
    status: 503,
    message: "Authentication is temporarily unavailable: the issuer's signing keys could not be fetched.",
    retryAfter: 1,
  },
  schemaForbidden: {
    code: 'FORBIDDEN',
    status: 403,
    message: 'The schema is available to authenticated callers only: send a token as Authorization: Bearer <token>.',
  },
  personalDataForbidden: {
    code: 'FORBIDDEN',
    status: null,
    message: ({ field, scope }: { readonly field: string; readonly scope: string }) =>
      `\`${field}\` is personal data and requires the scope ${scope}.`,
  },
  rateLimited: {
    code: 'TOO_MANY_REQUESTS',
    status: 429,
    message: ({ retryAfter }: { readonly retryAfter: number }) =>
      `Rate limit of lookups per minute exceeded. Retry after ${retryAfter} s.`,
  },
  tooManyStreams: {
    code: 'TOO_MANY_STREAMS',
    status: 503,
    message: 'Too many open subscriptions. Retry later, or poll.',
    retryAfter: 5,
  },
  tooManyOperations: {
    code: 'TOO_MANY_OPERATIONS',
    status: 429,
    message: ({ maxOperations }: { readonly maxOperations: number }) =>
      `The connection has ${maxOperations} operations open: open another connection.`,
  },
  encodingUnsupported: {
    code: 'UNSUPPORTED_CONTENT_ENCODING',
    status: 415,
    message: 'Unsupported Content-Encoding: send the body as it is, or compressed with gzip.',
    headers: { 'accept-encoding': 'gzip' },
  },
  bodyNotGzip: { code: 'BAD_REQUEST', status: 400, message: 'The body is not valid gzip.' },
  bodyTooLarge: {
    code: 'REQUEST_BODY_TOO_LARGE',
    status: 413,
    message: ({ maxBytes }: { readonly maxBytes: number }) => `The body exceeds ${maxBytes} bytes.`,
  },
  /** Seen by the log alone, as the client has gone. */
  bodyCutOff: {
    code: 'BAD_REQUEST',
    status: 400,
    message: 'The connection was closed before the body was complete.',
  },
  handshakeInvalid: { code: 'BAD_REQUEST', status: 400, message: 'Malformed WebSocket handshake.' },
  notFound: { code: 'NOT_FOUND', status: 404, message: 'Nothing is at this path.' },
  notAcceptable: {
    code: 'NOT_ACCEPTABLE',
    status: 406,
    message:
      'Not acceptable: accept application/json or application/graphql-response+json, for a subscription text/event-stream or multipart/mixed;subscriptionSpec=1.0.',
  },
  methodNotAllowed: {
    code: 'METHOD_NOT_ALLOWED',
    status: 405,
    message: 'Method not allowed: use POST or GET.',
    headers: { allow: 'GET, POST' },
  },
  mediaTypeUnsupported: {
    code: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    message: 'Unsupported media type: send the query as application/json.',
  },
  persistedQueryOnly: {
    code: 'PERSISTED_QUERY_ONLY',
    status: 400,
    isOfOperation: true,
    message: 'Only trusted documents are accepted: send the hash as documentId.',
  },
  persistedQueryUnknown: {
    code: 'PERSISTED_QUERY_NOT_IN_LIST',
    status: 400,
    isOfOperation: true,
    message: 'No trusted document has this hash.',
  },
  persistedQueryMissing: {
    code: 'PERSISTED_QUERY_ID_REQUIRED',
    status: 400,
    isOfOperation: true,
    message: 'Send a query, or the hash of a trusted document as documentId.',
  },
  queryMissing: { code: 'BAD_REQUEST', status: 400, message: 'Send a query.' },
  /** Some clients go by the message of this and the next one, and then send the query. */
  persistedQueryNotSupported: {
    code: 'PERSISTED_QUERY_NOT_SUPPORTED',
    status: 400,
    isOfOperation: true,
    message: 'PersistedQueryNotSupported',
  },
  persistedQueryNotFound: {
    code: 'PERSISTED_QUERY_NOT_FOUND',
    status: 400,
    isOfOperation: true,
    message: 'PersistedQueryNotFound',
  },
  queryTooLong: {
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 400,
    isOfOperation: true,
    message: ({ maxCharacters }: { readonly maxCharacters: number }) =>
      `The query exceeds ${maxCharacters} characters.`,
  },
  queryTooComplex: {
    code: 'GRAPHQL_VALIDATION_FAILED',
    status: 400,
    isOfOperation: true,
    message: ({ reason }: { readonly reason: string }) => reason,
  },
  queryTooExpensive: {
    code: 'QUERY_TOO_EXPENSIVE',
    status: 400,
    message: ({ cost, maxCost }: { readonly cost: number; readonly maxCost: number }) =>
      `The operation requests ${cost} lookups, and the maximum is ${maxCost} (MAX_QUERY_COST).`,
    shows: ['cost', 'maxCost'],
  },
  parametersNotJson: {
    code: 'BAD_REQUEST',
    status: 400,
    isOfOperation: true,
    message: 'The variables or extensions are not valid JSON.',
  },
  variablesTooMany: {
    code: 'BAD_REQUEST',
    status: 400,
    isOfOperation: true,
    message: ({ maxValues }: { readonly maxValues: number }) => `The variables have more than ${maxValues} values.`,
  },
  numberRounded: {
    code: 'BAD_REQUEST',
    status: 400,
    isOfOperation: true,
    message: 'The variables have an integer beyond 2^53, which JSON parsers round: send ids as strings.',
  },
  /** What graphql-js says of the variables, where it leaves the code out. */
  variablesInvalid: {
    code: 'BAD_REQUEST',
    status: 400,
    isOfOperation: true,
    message: ({ reason }: { readonly reason: string }) => reason,
  },
  batchTooLarge: {
    code: 'BATCH_TOO_LARGE',
    status: null,
    message: ({ size, maxBatchSize }: { readonly size: number; readonly maxBatchSize: number }) =>
      `The batch has ${size} keys, and the maximum is ${maxBatchSize} (MAX_BATCH_SIZE).`,
    shows: ['size', 'maxBatchSize'],
  },
  representationInvalid: {
    code: 'INVALID_REPRESENTATION',
    status: null,
    message: ({ reason }: { readonly reason: string }) => reason,
  },
} as const satisfies Readonly<Record<string, ErrorRow>>;

type Row = keyof typeof REQUEST_ERRORS;
type Message<Name extends Row> = (typeof REQUEST_ERRORS)[Name]['message'];
type Facts<Name extends Row> = Message<Name> extends (facts: infer F extends object) => string ? F : object;

/**
 * Makes an error of the table. `facts` fill its message; `options` are those of `GraphQLError` beside the extensions.
 *
 * @example throw requestError('queryTooExpensive', { cost, maxCost });
 */
export function requestError<Name extends Row>(
  name: Name,
  ...[facts, options]: Message<Name> extends string
    ? []
    : [facts: Facts<Name>, options?: Omit<GraphQLErrorOptions, 'extensions'>]
): GraphQLError {
  const row: ErrorRow = REQUEST_ERRORS[name];
  const given: Readonly<Record<string, unknown>> = { ...facts };
  const retryAfter = row.retryAfter ?? given['retryAfter'];
  const shown = Object.fromEntries((row.shows ?? []).map((fact) => [fact, given[fact]]));
  return new GraphQLError(messageOf(row, given), {
    ...options,
    extensions: {
      code: row.code,
      ...shown,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(row.status === null ? {} : { http: httpOf(row, row.status, retryAfter) }),
    },
  });
}

/** The HTTP response to a request that ends before Yoga runs it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** The response that is an error of the table alone. */
export function refusalOf({ message, extensions }: GraphQLError): Refusal {
  const { http, ...shown } = extensions as { readonly http?: Partial<Refusal> };
  return {
    status: http?.status ?? 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': NO_STORE, ...http?.headers },
    body: JSON.stringify({ errors: [{ message, extensions: shown }] }),
  };
}

function messageOf({ message }: ErrorRow, facts: Readonly<Record<string, unknown>>): string {
  return typeof message === 'string' ? message : message(facts as never);
}

/** As Yoga reads it; it is not sent. */
function httpOf({ isOfOperation = false, headers = {} }: ErrorRow, status: number, retryAfter: unknown) {
  return {
    status,
    ...(isOfOperation ? { spec: true } : {}),
    headers: retryAfter === undefined ? headers : { ...headers, 'retry-after': String(retryAfter) },
  };
}
