/** The target of a request: what its request line names. */
import type { IncomingMessage } from 'node:http';

/** An absolute-form target, as clients send it to proxies: authority, then path and query. */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]+)([/?].*)?$/i;

/** Paths that are counted and logged by their names; of the prefixes, what follows is a secret or the name of a file. */
const ROUTES: ReadonlySet<string> = new Set(['/', '/graphql', '/schema.graphql', '/health', '/ready', '/metrics']);
const ROUTE_PREFIXES = ['/hooks/bsg/', '/graphql/assets/'] as const;

/**
 * Makes the target of a request `/path?query` (origin form), which is all that anything further on reads. The host of an absolute-form
 * target replaces `Host`.
 * @returns Whether it is a legal request: HTTP/1.1 requires a `Host`, and the other forms of targets are for proxies.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function takeOriginForm(request: IncomingMessage): boolean {
  const { url = '', headers, httpVersion } = request;
  if (url.includes('#') || (headers.host === undefined && httpVersion === '1.1')) return false;
  if (url.startsWith('/')) return true;
  const [, authority, rest = '/'] = ABSOLUTE_FORM.exec(url) ?? [];
  if (authority === undefined || !URL.canParse(url)) return false;
  headers.host = authority;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  return true;
}

/** The path of an origin-form target, as the client wrote it: `/a/../graphql` and `//graphql` are not `/graphql`. */
export function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}

/** The name under which requests for a path are counted. Bounded, and without secrets. */
export function routeOf(path: string): string {
  return ROUTES.has(path) ? path : (ROUTE_PREFIXES.find((prefix) => path.startsWith(prefix)) ?? 'other');
}
