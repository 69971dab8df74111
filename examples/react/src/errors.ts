/** Errors grouped by what to do about them. */
import type { BsgError } from './data/results.ts';

/** What to do about the errors of one type. */
export interface Action {
  readonly title: string;
  readonly hint: string;
}

/** In the order in which they are shown. With a new type of error this no longer compiles. */
const ACTIONS: Record<BsgError['__typename'], Action> = {
  BsgUnavailableError: { title: 'Try again later', hint: 'BSG is slow or down, or limits requests.' },
  BsgInvalidRequestError: { title: 'Correct the request', hint: 'BSG cannot accept it as it is.' },
  BsgNotFoundError: { title: 'Check the reference', hint: 'BSG knows nothing by it.' },
  BsgConflictError: { title: 'Use another', hint: 'This one exists already.' },
  BsgAccessError: { title: 'Contact the operator', hint: 'The BSG account lacks funds or a permission.' },
};

/** What to do about an error. */
export function actionOf(error: BsgError): Action {
  return ACTIONS[error.__typename];
}

/** The errors by what to do; actions without an error are left out. */
export function groupErrors(
  errors: readonly BsgError[],
): readonly (Action & { readonly errors: readonly BsgError[] })[] {
  return Object.entries(ACTIONS)
    .map(([type, action]) => ({ ...action, errors: errors.filter(({ __typename }) => __typename === type) }))
    .filter((group) => group.errors.length > 0);
}

/** Such as `Retry after 60 s`; null where waiting does not help. */
export function retryHintOf(error: BsgError): string | null {
  if (!error.retryable || error.__typename !== 'BsgUnavailableError') return null;
  return error.retryAfter == null ? 'A retry may help' : `Retry after ${error.retryAfter} s`;
}
