import {
  context,
  isSpanContextValid,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Context as TraceContext,
  trace,
} from '@opentelemetry/api';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';

/** What spans read of a request. */
export interface Requested {
  readonly admitted: RequestContext;
  readonly request: Request;
}

const tracer = trace.getTracer('bsg-graphql');

/**
 * Creates a span for each operation, a child of the caller's span (`traceparent`). Spans go to the OpenTelemetry SDK that is loaded
 * before the server (`node --import`); without one there are none. Has to be the last plugin that sets how an operation runs.
 */
export function useOperationSpans(): Plugin<Requested> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      const span = startSpan(args.contextValue);
      if (span === null) return;
      setExecuteFn((given) => within(span, () => executeFn(given)));
      return { onExecuteDone: ({ result }) => endSpan(span, result) };
    },
    onSubscribe({ args, subscribeFn, setSubscribeFn }) {
      const span = startSpan(args.contextValue);
      if (span === null) return;
      setSubscribeFn((given) => within(span, () => subscribeFn(given)));
      return { onSubscribeResult: ({ result }) => endSpan(span, result) };
    },
  };
}

function within<T>(span: Span, run: () => T): T {
  return context.with(trace.setSpan(context.active(), span), run);
}

/** Null where no SDK records spans. */
function startSpan({ admitted, request }: Requested): Span | null {
  const { type = 'query', name = null } = admitted.operation ?? {};
  const attributes = { 'graphql.operation.type': type, ...(name === null ? {} : { 'graphql.operation.name': name }) };
  // The semantic conventions for GraphQL name the span by the type, as clients choose the name (cardinality).
  const span = tracer.startSpan(type, { kind: SpanKind.SERVER, attributes }, parentOf(request));
  if (!isSpanContextValid(span.spanContext())) return null;
  admitted.traceId = span.spanContext().traceId;
  return span;
}

/** The span of the HTTP request where the SDK instruments HTTP, else the caller's. */
function parentOf(request: Request): TraceContext {
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  return propagation.extract(active, request.headers, {
    get: (headers, name) => headers.get(name) ?? undefined,
    keys: (headers) => [...headers.keys()],
  });
}

function endSpan(span: Span, result: ExecutionResult | AsyncIterable<unknown>): void {
  if ('errors' in result && (result.errors ?? []).length > 0) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
