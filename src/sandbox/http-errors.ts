/** Errors of the new specification: plain HTTP with a JSON body that has no `error`. */
import type { Answer } from './answer.ts';

const MESSAGES = {
  400: 'Bad request.',
  401: 'Unauthenticated.',
  403: 'This action is unauthorized.',
  404: 'Not found.',
  422: 'The given data was invalid.',
  429: 'Too many equal requests in a short time.',
  500: 'Server error.',
} as const;

/** An HTTP status that the new specification answers errors with. */
export type HttpErrorStatus = keyof typeof MESSAGES;

/** Every such status. */
export const HTTP_ERROR_STATUSES = Object.keys(MESSAGES).map(Number) as readonly HttpErrorStatus[];

/** The answer of an error, in the shape of its status. */
export function httpError(status: HttpErrorStatus): Answer {
  const message = MESSAGES[status];
  const isInvalidRequest = status === 400 || status === 422;
  return isInvalidRequest ? invalidRequest(status, 'id', message) : { status, body: { code: status, message } };
}

/** The answer of a request that is refused for one of its fields. */
export function invalidRequest(status: 400 | 422, field: string, message: string): Answer {
  return { status, body: { message, errors: { [field]: [message] } } };
}
