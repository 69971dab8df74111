import type { GraphQLError } from 'graphql';
import { requestError } from '../request/errors.ts';

/**
 * Validates the `Host` of a request; null: it is valid. A malformed one would become part of a URL further on. Where callers
 * need no token, a name other than the server's own may be one that a page has resolve to this machine (DNS rebinding).
 */
export function validateHost(host: string | null, isOwn: (name: string) => boolean): GraphQLError | null {
  // Clients of HTTP/1.0 send none, such as the checks of some load balancers; browsers do.
  if (host === null) return null;
  const name = /^([\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i.exec(host)?.[1];
  if (name === undefined || !URL.canParse(`http://${host}`)) return requestError('hostInvalid');
  return isOwn(name) ? null : requestError('hostNotAllowed', { host: name });
}
