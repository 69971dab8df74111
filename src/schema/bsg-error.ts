import { GraphQLError } from 'graphql';
import { BSG_CODES, type BsgErrorGroup } from '../bsg/codes.ts';
import type { BsgFailure } from '../bsg/failure.ts';
import { builder } from './builder.ts';

const BsgErrorCode = builder.enumType('BsgErrorCode', {
  description: 'Why there is no answer: one name for each code of BSG, then the codes of this layer.',
  values: BSG_CODES,
});

/** The fields that all errors share. */
const BsgErrorDetails = builder.interfaceRef<BsgFailure>('BsgErrorDetails').implement({
  description: 'What every error says. Select it with `... on BsgErrorDetails` to handle all errors alike.',
  fields: (t) => ({
    code: t.expose('code', { type: BsgErrorCode, description: 'Why. Stable: decide by this, not by `message`.' }),
    bsgCode: t.exposeInt('bsgCode', {
      nullable: true,
      description:
        "BSG's own number for it, such as 20; null when this layer noticed the fault and BSG has no number for it.",
    }),
    message: t.exposeString('message', {
      description: "BSG's description of the error, or this layer's own. For logs and developers, in English.",
    }),
    retryable: t.exposeBoolean('retryable', {
      description: 'Whether the same question may be answered later without anyone changing anything.',
    }),
    subject: t.exposeString('subject', {
      nullable: true,
      description:
        'The id, reference or task id that was asked for, as it was asked; cut short where it is longer than 64 characters.',
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
const BsgInvalidRequestError = errorType('invalidRequest', 'The request is at fault: correct it and ask again.');
const BsgConflictError = errorType('conflict', 'Something with this reference or phone number already exists.');
const BsgAccessError = errorType(
  'access',
  "The server's BSG account may not do this: key, funds, tariff, sender or direction. A front end cannot fix this.",
);
const BsgUnavailableError = builder.objectRef<BsgFailure>(typeNames.unavailable).implement({
  description: 'No answer for now: BSG is down, slow, asks to slow down, or answered something unreadable.',
  interfaces: [BsgErrorDetails],
  fields: (t) => ({
    retryAfter: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'Seconds after which to ask again, where BSG said so.',
    }),
  }),
});

/** The members of `BsgError`, which every result union has as well. */
export const bsgErrorTypes = [
  BsgNotFoundError,
  BsgInvalidRequestError,
  BsgConflictError,
  BsgAccessError,
  BsgUnavailableError,
] as const;

/** Any failure, for lists that hold nothing else. */
export const BsgError = builder.unionType('BsgError', {
  description: 'Why something could not be answered, grouped by what to do about it.',
  types: [...bsgErrorTypes],
  resolveType: errorTypeName,
});

/** The member of `BsgError` that a failure is. */
export function errorTypeName({ group }: BsgFailure) {
  return typeNames[group];
}

/** What was found, for places where the schema leaves no room for a failure as data: there it becomes a GraphQL error. */
export function orThrow<Found extends { readonly kind: string }>(answer: Found | BsgFailure): Found {
  if (!isFailure(answer)) return answer;
  const { code, bsgCode, message, retryable, subject, retryAfterSeconds } = answer;
  throw new GraphQLError(message, {
    extensions: { code, bsgCode, retryable, subject, retryAfter: retryAfterSeconds },
  });
}

function isFailure(answer: { readonly kind: string }): answer is BsgFailure {
  return answer.kind === 'failure';
}

function errorType(group: Exclude<BsgErrorGroup, 'unavailable'>, description: string) {
  return builder.objectRef<BsgFailure>(typeNames[group]).implement({ description, interfaces: [BsgErrorDetails] });
}
