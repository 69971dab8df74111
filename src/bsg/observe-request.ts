import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { RequestObserver } from './observer.ts';
import type { HttpResponse, TransportError } from './transport.ts';

const tracer = trace.getTracer('bsg-graphql');

/**
 * Sends a request with the headers that link it to its GraphQL request, reports its end to the observer, and makes a client
 * span of it where an OpenTelemetry SDK is loaded. Neither has the key of a status: a reference may be anything.
 */
export function observeRequest(
  { host, path, observer }: { readonly host: string; readonly path: string; readonly observer: RequestObserver },
  send: (headers: Readonly<Record<string, string>>) => Promise<HttpResponse | TransportError>,
): Promise<HttpResponse | TransportError> {
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
      const result = await send(headers);
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

function outcomeOf(result: HttpResponse | TransportError): string {
  if ('code' in result) return result.code.toLowerCase();
  const { status } = result;
  if (status === 429) return 'http_429';
  return status >= 500 ? 'http_5xx' : status >= 400 ? 'http_4xx' : 'ok';
}
