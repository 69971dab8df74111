import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BsgErrorCode } from './codes.ts';
import type { RequestObserver } from './observer.ts';

/** One HTTP answer, read to its end, of whatever status. */
export interface HttpAnswer {
  readonly status: number;
  /** From `Retry-After`; null where the answer has none. */
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

/** Why there is no answer. */
export interface TransportFault {
  readonly code: Extract<BsgErrorCode, 'TIMEOUT' | 'NETWORK' | 'BAD_RESPONSE'>;
  readonly message?: string;
  /** Default: by the code. */
  readonly isOutage?: boolean;
  /** What the system calls it, such as `ECONNREFUSED`. For operators; callers are not told. */
  readonly cause?: string;
}

const tracer = trace.getTracer('bsg-graphql');

/**
 * Makes a call with the headers that tell BSG which request it is part of, tells the observer how it ended, and makes a span of
 * it where an OpenTelemetry SDK takes spans. Keys are in neither: a reference may be anything.
 */
export function observeCall(
  { host, path, observer }: { readonly host: string; readonly path: string; readonly observer: RequestObserver },
  call: (headers: Readonly<Record<string, string>>) => Promise<HttpAnswer | TransportFault>,
): Promise<HttpAnswer | TransportFault> {
  const attributes = {
    'http.request.method': 'GET',
    'server.address': host,
    'url.template': path.replace(/[^/]+$/, '{key}'),
  };
  return tracer.startActiveSpan('GET', { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const headers: Record<string, string> = observer.requestId === null ? {} : { 'x-request-id': observer.requestId };
    propagation.inject(context.active(), headers);
    const startedAtMs = performance.now();
    try {
      const result = await call(headers);
      const outcome = outcomeOf(result);
      if ('status' in result) span.setAttribute('http.response.status_code', result.status);
      if (outcome !== 'ok') span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
      const cause = 'code' in result ? (result.cause ?? result.code) : null;
      observer.onUpstreamRequest({ outcome, seconds: (performance.now() - startedAtMs) / 1_000, cause });
      return result;
    } finally {
      span.end();
    }
  });
}

function outcomeOf(result: HttpAnswer | TransportFault): string {
  if ('code' in result) return result.code.toLowerCase();
  const { status } = result;
  if (status === 429) return 'http_429';
  return status >= 500 ? 'http_5xx' : status >= 400 ? 'http_4xx' : 'ok';
}
