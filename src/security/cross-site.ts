/** Protection against requests of other sites (CSRF), and CORS. */
import type { GraphQLError } from 'graphql';
import type { Plugin, YogaServerOptions } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { RequestHead } from '../request/head.ts';

type CorsOptions = Exclude<YogaServerOptions<object, object>['cors'], undefined>;

/** By `loopback`: any port of this machine, such as that of a development server. */
const LOOPBACK = /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** The error of a preflight for a page of another origin; null: the request is none, or the origin is allowed. */
export function validatePreflight({ method, header }: RequestHead, allowed: ReadonlySet<string>): GraphQLError | null {
  const origin = header('origin');
  return method === 'OPTIONS' && origin !== null && !isAllowed(origin, allowed)
    ? requestError('crossSiteRequest')
    : null;
}

/**
 * Refuses what a browser opens on behalf of a page of another site without a preflight (CSRF): a URL in a link, and a WebSocket.
 * Browsers state the initiator (`Sec-Fetch-Site`, and the `Origin` of a WebSocket), and no page can change it; other clients
 * do not send it. Forms, which need no preflight either, are refused by their content type, see `validateBody`.
 *
 * @throws {GraphQLError} `CROSS_SITE_REQUEST`
 */
export function validateOrigin({ method, header }: RequestHead, allowed: ReadonlySet<string>): void {
  const site = header('sec-fetch-site');
  const origin = header('origin');
  const isLoaded = method === 'GET' && (site === 'cross-site' || site === 'same-site');
  const isSocket = header('upgrade') !== null && origin !== null && !isSameOrigin(origin, header);
  if ((isLoaded || isSocket) && (origin === null || !isAllowed(origin, allowed)))
    throw requestError('crossSiteRequest');
}

/** Whether a page is this server's own. Where a proxy changes `Host`, only browsers that send `Sec-Fetch-Site` can tell. */
function isSameOrigin(origin: string, header: RequestHead['header']): boolean {
  if (header('sec-fetch-site') === 'same-origin') return true;
  return URL.canParse(origin) && new URL(origin).host === header('host');
}

/**
 * Lets pages of these origins read responses, and no others; `loopback` is those of this machine, `*` is all. False where there
 * are none. No cookies: a page sends its token itself.
 */
export function corsOf(origins: readonly string[]): CorsOptions {
  if (origins.length === 0) return false;
  const allowed = new Set(origins);
  return (request) => {
    const origin = request.headers.get('origin');
    // For an origin that is not allowed Yoga would name the origin `null`, which any page can take on.
    if (origin === null || !isAllowed(origin, allowed)) return false;
    return {
      origin: [origin],
      credentials: false,
      methods: ['GET', 'POST'],
      // Any header that the page sends: none of them is trusted more than it would be from anywhere else.
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    };
  };
}

/** Adds `Vary: Origin` for caches, which Yoga does only where it chooses between origins itself. */
export function useVaryByOrigin(): Plugin {
  return {
    onResponse({ response }) {
      response.headers.append('vary', 'Origin');
    },
  };
}

function isAllowed(origin: string, allowed: ReadonlySet<string>): boolean {
  return allowed.has('*') || allowed.has(origin) || (allowed.has('loopback') && LOOPBACK.test(origin));
}
