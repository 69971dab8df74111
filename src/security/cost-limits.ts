import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError } from '../request/errors.ts';
import type { AdmittedRequest } from './gate.ts';
import type { GatedContext } from './http-gate.ts';
import { assertWithinLimit, type RateLimit } from './rate-limit.ts';

/**
 * Refuses operations that cost more than `maxCost` (400), and those of a caller over the rate limit (429). The rate limiter is
 * consulted once for each request: by the cost of its operation, one at least; or by one where it came to no operation, as
 * requests that fail are not free.
 */
export function useCostLimits(
  maxCost: number,
  rateLimit: RateLimit | null,
): Plugin<{ readonly admitted: AdmittedRequest }, GatedContext> {
  async function limit({ contextValue }: ExecutionArgs): Promise<void> {
    const { admitted } = contextValue as { readonly admitted: AdmittedRequest };
    const { cost } = admitted;
    if (cost > maxCost) throw requestError('queryTooExpensive', { cost, maxCost });
    assertWithinLimit(await charge(rateLimit, admitted, cost));
  }
  return {
    onExecute: ({ args }) => limit(args),
    onSubscribe: ({ args }) => limit(args),
    async onResultProcess({ serverContext: { admitted }, setResult }) {
      if (admitted === null) return;
      const retryAfter = await charge(rateLimit, admitted, 1);
      if (retryAfter !== null) setResult({ errors: [requestError('rateLimited', { retryAfter })] });
    },
  };
}

const WITHIN_LIMIT = Promise.resolve(null);

/** Charges a request to its caller, once. Resolves to the seconds to wait where the caller is over the limit. */
export function charge(rateLimit: RateLimit | null, request: AdmittedRequest, cost: number): Promise<number | null> {
  if (request.isCharged) return WITHIN_LIMIT;
  request.isCharged = true;
  return rateLimit === null ? WITHIN_LIMIT : rateLimit.take(request, Math.max(1, cost));
}
