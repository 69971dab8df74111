/** Failures of BSG in the schema: the union `BsgError` and its members. */
import { GraphQLError } from 'graphql';
import { BSG_CODES, type BsgErrorGroup } from '../bsg/codes.ts';
import { type BsgFailure, isFailure } from '../bsg/failure.ts';
import { builder } from './builder.ts';

const BsgErrorCode = builder.enumType('BsgErrorCode', {
  description: 'Why there is no value: one name for each code of BSG, then the codes of this layer.',
  values: BSG_CODES,
});

/** The fields that all errors share. */
const BsgErrorDetails = builder.interfaceRef<BsgFailure>('BsgErrorDetails').implement({
  description: 'The fields of every error. Select them with `... on BsgErrorDetails` to handle all errors alike.',
  fields: (t) => ({
    code: t.expose('code', { type: BsgErrorCode, description: 'Reason. Stable: decide by this, not by `message`.' }),
    bsgCode: t.exposeInt('bsgCode', {
      nullable: true,
      description: "BSG's number for the error, such as 20; null where it has none.",
    }),
    message: t.exposeString('message', {
      description: "BSG's description of the error, or this layer's. For logs and developers, in English.",
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same request may succeed later with nothing changed.',
    }),
    subject: t.exposeString('subject', {
      nullable: true,
      description:
        'The id, reference or task id as requested; truncated after 64 characters. Match errors to your keys by it.',
    }),
  }),
});

const typeNames = {
  notFound: 'BsgNotFoundError',
  invalidRequest: 'BsgInvalidRequestError',
  conflict: 'BsgConflictError',
  access: 'BsgAccessError',
  unavailable: 'BsgUnavailableError',
} as const satisfies Record<BsgErrorGroup, string>;

const BsgNotFoundError = errorType('notFound', 'BSG knows nothing by this id, reference or task id.');
const BsgInvalidRequestError = errorType('invalidRequest', 'The request is invalid: correct it.');
const BsgConflictError = errorType('conflict', 'Something with this reference or phone number already exists.');
const BsgAccessError = errorType(
  'access',
  "The server's BSG account lacks the permission: key, funds, tariff, sender or direction. A front end cannot fix this.",
);
const BsgUnavailableError = builder.objectRef<BsgFailure>(typeNames.unavailable).implement({
  description:
    'BSG is unavailable: it is down or slow, limits the request rate, or sent an unreadable response. Show what you have, and retry if `retryable`.',
  interfaces: [BsgErrorDetails],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'Seconds to wait before a retry, 1 to 300; null where that is not known.',
    }),
  }),
});

/** The members of `BsgError`, which are members of every result union as well. */
export const bsgErrorTypes = [
  BsgNotFoundError,
  BsgInvalidRequestError,
  BsgConflictError,
  BsgAccessError,
  BsgUnavailableError,
] as const;

/** Any failure, for lists that hold nothing else. */
export const BsgError = builder.unionType('BsgError', {
  description: 'Why a value cannot be returned, grouped by what to do about it.',
  types: [...bsgErrorTypes],
  resolveType: errorTypeName,
});

/** The member of `BsgError` that a failure is. */
export function errorTypeName({ group }: BsgFailure) {
  return typeNames[group];
}

/**
 * The value, for fields whose type has no room for a failure as data.
 *
 * @throws {GraphQLError} the failure, with its `BsgErrorCode` as `extensions.code`.
 */
export function orThrow<Value extends { readonly kind: string }>(result: Value | BsgFailure): Value {
  if (!isFailure(result)) return result;
  const { code, bsgCode, message, retryable, subject, retryAfterSeconds } = result;
  throw new GraphQLError(message, {
    extensions: { code, bsgCode, retryable, subject, retryAfter: retryAfterSeconds },
  });
}

function errorType(group: Exclude<BsgErrorGroup, 'unavailable'>, description: string) {
  return builder.objectRef<BsgFailure>(typeNames[group]).implement({ description, interfaces: [BsgErrorDetails] });
}
