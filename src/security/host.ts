import type { GraphQLError } from 'graphql';
import { requestError } from '../request/errors.ts';

/** Validates the `Host` of a request; null: it is valid. */
export type HostCheck = (host: string | null) => GraphQLError | null;

/**
 * A malformed host would become part of a URL further on. Where callers need no token, a name other than the server's own may
 * be one that a page has resolve to this machine (DNS rebinding).
 */
export function createHostCheck(isOwn: (name: string) => boolean): HostCheck {
  /** Most requests name the same one. */
  let lastValid: string | null = null;
  return (host) => {
    // Clients of HTTP/1.0 send none, such as the checks of some load balancers; browsers do.
    if (host === null || host === lastValid) return null;
    const name = /^([\w.-]{1,253}|\[[\da-f:.]+\])(?::\d*)?$/i.exec(host)?.[1];
    if (name === undefined || !URL.canParse(`http://${host}`)) return requestError('hostInvalid');
    if (!isOwn(name)) return requestError('hostNotAllowed', { host: name });
    lastValid = host;
    return null;
  };
}
