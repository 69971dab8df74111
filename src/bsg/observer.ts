/** One request to BSG that has ended. Each attempt is one. */
export interface UpstreamRequest {
  /** Its path with `{key}` in place of the id, such as `/sms/{key}` or `/sms/getStatus`. */
  readonly route: string;
  /** Values requested: 1, or up to 100 by a mass status request. */
  readonly size: number;
  /** `ok`, `http_429`, `http_4xx`, `http_5xx`, `timeout`, `network` or `bad_response`; nothing of what BSG said. */
  readonly outcome: string;
  readonly seconds: number;
  /** Why there was no response, such as `ECONNREFUSED` or `PROXY_407`; null where there was one. */
  readonly cause: string | null;
}

/** Counts requests to BSG, for the GraphQL request or the poller that they are made for. */
export interface RequestObserver {
  /** Sent to BSG as `X-Request-Id`; null where there is none. */
  readonly requestId: string | null;
  /** Called for each request to BSG, attempts counted one by one. */
  onUpstreamRequest(request: UpstreamRequest): void;
}

/** Counts nothing. */
export const noObserver: RequestObserver = { requestId: null, onUpstreamRequest: () => {} };
