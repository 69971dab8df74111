import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BsgErrorCode } from './codes.ts';

/** On whose behalf BSG is asked. */
export interface Asker {
  /** Sent along as `X-Request-Id`; null: there is none. */
  readonly requestId: string | null;
  /** Told of each call, every attempt on its own. */
  onCall(call: BsgCall): void;
}

/** One call to BSG that is over. */
export interface BsgCall {
  /** `ok`, `http_429`, `http_4xx`, `http_5xx`, `timeout`, `network` or `bad_response`; nothing of what BSG said. */
  readonly outcome: string;
  readonly seconds: number;
  /** Why there was no answer, such as `ECONNREFUSED`; null where there was one. */
  readonly cause: string | null;
}

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

/** For whoever does not want to know. */
export const nobody: Asker = { requestId: null, onCall: () => {} };

const tracer = trace.getTracer('bsg-graphql');

/**
 * Makes a call with the headers that tell BSG which request it is part of, tells the asker how it ended, and makes a span of
 * it where an OpenTelemetry SDK takes spans. Keys are in neither: a reference may be anything.
 */
export function observeCall(
  { host, path, asker }: { readonly host: string; readonly path: string; readonly asker: Asker },
  call: (headers: Readonly<Record<string, string>>) => Promise<HttpAnswer | TransportFault>,
): Promise<HttpAnswer | TransportFault> {
  const attributes = {
    'http.request.method': 'GET',
    'server.address': host,
    'url.template': path.replace(/[^/]+$/, '{key}'),
  };
  return tracer.startActiveSpan('GET', { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const headers: Record<string, string> = asker.requestId === null ? {} : { 'x-request-id': asker.requestId };
    propagation.inject(context.active(), headers);
    const startedAtMs = performance.now();
    try {
      const result = await call(headers);
      const outcome = outcomeOf(result);
      if ('status' in result) span.setAttribute('http.response.status_code', result.status);
      if (outcome !== 'ok') span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
      const cause = 'code' in result ? (result.cause ?? result.code) : null;
      asker.onCall({ outcome, seconds: (performance.now() - startedAtMs) / 1_000, cause });
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
