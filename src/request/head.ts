/** The head of a request, whatever transport brings it. */
import type { IncomingMessage } from 'node:http';
import { pathOf } from './target.ts';

/** What is known of a request before its body is read, whatever transport brings it. */
export interface RequestHead {
  readonly method: string;
  /** The path, as the client wrote it. */
  readonly path: string;
  /** The value of a header, by its name in lower case; null where there is none. */
  header(name: string): string | null;
  /** The names of all headers, in lower case. */
  names(): string[];
  /** IP address of the peer. Null where the request was made in this process, which nothing needs to be defended against. */
  readonly peerAddress: string | null;
}

/** The head of a request that `node:http` received. */
export function headOfHttp({ headers, method = '', url = '', socket }: IncomingMessage): RequestHead {
  return {
    method,
    path: pathOf(url),
    header(name) {
      const value = headers[name];
      return typeof value === 'string' ? value : null;
    },
    names: () => Object.keys(headers),
    // A socket that is closed already has no address.
    peerAddress: socket.remoteAddress ?? 'unknown',
  };
}

/** The head of a request made in this process. */
export function headOfFetch({ method, headers, url }: Request): RequestHead {
  const { pathname: path } = new URL(url);
  return { method, path, header: (name) => headers.get(name), names: () => [...headers.keys()], peerAddress: null };
}
