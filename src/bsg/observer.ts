/**
 * What answered a read: this process's memory, Redis, BSG, another read that was already fetching the same key, a stale value
 * served because BSG failed (stale-if-error, RFC 5861), or the open circuit breaker.
 */
export type Tier = 'memory' | 'redis' | 'bsg' | 'coalesced' | 'stale' | 'circuit_open';

/** One request to BSG that has ended. Each attempt is one. */
export interface UpstreamRequest {
  /** Its path with `{key}` in place of the id, such as `/sms/{key}` or `/sms/getStatus`. */
  readonly route: string;
  /** Values requested: 1, or up to 100 by a mass status request. */
  readonly size: number;
  /** `ok`, `http_429`, `http_4xx`, `http_5xx`, `timeout`, `network` or `bad_response`; nothing of what BSG said. */
  readonly outcome: string;
  readonly seconds: number;
  /** Why there was no response, such as `ECONNREFUSED`; null where there was one. */
  readonly cause: string | null;
}

/** Counts what a read costs, for the GraphQL request or the poller that makes it. */
export interface RequestObserver {
  /** Sent to BSG as `X-Request-Id`; null where there is none. */
  readonly requestId: string | null;
  /** Called for each read with `found` or the code of its failure; not for a malformed key, which is never read. */
  onRead(tier: Tier, outcome: string): void;
  /** Called for each request to BSG, attempts counted one by one. */
  onUpstreamRequest(request: UpstreamRequest): void;
}

/** Counts nothing. */
export const noObserver: RequestObserver = { requestId: null, onRead: () => {}, onUpstreamRequest: () => {} };
