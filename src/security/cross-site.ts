import type { Plugin, YogaServerOptions } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';

type CorsOptions = Exclude<YogaServerOptions<object, object>['cors'], undefined>;

/**
 * Lets pages of these origins read answers, and no others; `*` is all origins. False where there are none. No cookies: a
 * token is sent by the page itself.
 */
export function corsOf(origins: readonly string[]): CorsOptions {
  if (origins.length === 0) return false;
  const isAllowed = allows(origins);
  return (request) => {
    const origin = request.headers.get('origin');
    // For an origin that is not allowed Yoga would name the origin `null`, which is one that any page can take on.
    if (origin === null || !isAllowed(origin)) return false;
    return {
      origin: [origin],
      credentials: false,
      methods: ['GET', 'POST'],
      // Any header that the page wants to send: none of them is trusted more than it would be from anywhere else.
      exposedHeaders: ['x-request-id', 'retry-after'],
      maxAge: 600,
    };
  };
}

/**
 * Refuses what a browser sends for a page of another site without having asked whether it may (a preflight): forms, whose
 * type of body is none of GraphQL's anyway, and addresses that a page loads. Browsers say on whose behalf they ask
 * (`Sec-Fetch-Site`), and no page can say it in their place; what is no browser says nothing and is let through.
 */
export function useCrossSiteProtection(corsOrigins: readonly string[]): Plugin {
  const isAllowed = allows(corsOrigins);
  return {
    onResponse({ response }) {
      // Yoga says so only where it chooses between origins itself.
      if (corsOrigins.length > 0) response.headers.append('vary', 'Origin');
    },
    onRequestParse({ request, setRequestParser }) {
      if (request.headers.get('content-type')?.includes('application/x-www-form-urlencoded')) {
        setRequestParser(undefined as never);
      }
      const site = request.headers.get('sec-fetch-site');
      const origin = request.headers.get('origin');
      const isPreflight = request.method === 'OPTIONS' && origin !== null;
      const isLoaded = request.method === 'GET' && (site === 'cross-site' || site === 'same-site');
      if (!(isPreflight || isLoaded) || (origin !== null && isAllowed(origin))) return;
      throw requestError('crossSiteRequest');
    },
  };
}

function allows(origins: readonly string[]): (origin: string) => boolean {
  const set = new Set(origins);
  return set.has('*') ? () => true : (origin) => set.has(origin);
}
