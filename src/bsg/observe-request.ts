import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { inSpan } from '../spans.ts';
import type { RequestObserver } from './observer.ts';
import type { HttpRequest, HttpResponse, TransportError } from './transport.ts';

/** A request to be sent to a host. */
interface ObservedRequest {
  readonly host: string;
  readonly request: HttpRequest;
  readonly observer: RequestObserver;
}

/**
 * Sends a request with the headers that link it to its GraphQL request, reports its end to the observer, and records a client
 * span where an OpenTelemetry SDK is loaded. Neither contains the key of a status: a reference may be anything.
 */
export function observeRequest(
  { host, request, observer }: ObservedRequest,
  send: (headers: Readonly<Record<string, string>>) => Promise<HttpResponse | TransportError>,
): Promise<HttpResponse | TransportError> {
  const method = request.body === null ? 'GET' : 'POST';
  const route = routeOf(request);
  const spanOptions = () => ({
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': method,
      'server.address': host,
      'url.template': route,
      'bsg.request.size': request.size,
    },
  });
  return inSpan(method, spanOptions, async (span) => {
    const headers: Record<string, string> = observer.requestId === null ? {} : { 'x-request-id': observer.requestId };
    propagation.inject(context.active(), headers);
    const startedAtMs = performance.now();
    const result = await send(headers);
    const outcome = outcomeOf(result);
    if ('status' in result) span?.setAttribute('http.response.status_code', result.status);
    if (outcome !== 'ok') span?.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
    const cause = 'code' in result ? (result.cause ?? result.code) : null;
    const seconds = (performance.now() - startedAtMs) / 1_000;
    observer.onUpstreamRequest({ route, size: request.size, outcome, seconds, cause });
    return result;
  });
}

/** The path with `{key}` in place of the id, such as `/sms/reference/{key}`. */
function routeOf({ path, body }: HttpRequest): string {
  return body === null ? `${path.slice(0, path.lastIndexOf('/'))}/{key}` : path;
}

function outcomeOf(result: HttpResponse | TransportError): string {
  if ('code' in result) return result.code.toLowerCase();
  const { status } = result;
  if (status === 429) return 'http_429';
  return status >= 500 ? 'http_5xx' : status >= 400 ? 'http_4xx' : 'ok';
}
