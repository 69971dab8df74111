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

/** What is known of a request by the time its operation runs. */
export interface Requested {
  readonly admitted: RequestContext;
  readonly request: Request;
}

const tracer = trace.getTracer('bsg-graphql');

/**
 * Makes a span of each operation, child of the caller's (`traceparent`). Spans go to the OpenTelemetry SDK that is loaded
 * beside the server (`node --import`); without one there are none. Has to be the last to set how an operation runs.
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

/** Null where nothing takes spans. */
function startSpan({ admitted, request }: Requested): Span | null {
  const { type = 'query', name = null } = admitted.operation ?? {};
  const attributes = { 'graphql.operation.type': type, ...(name === null ? {} : { 'graphql.operation.name': name }) };
  // GraphQL's conventions want the span of the server named by the type, as a client may choose any name.
  const span = tracer.startSpan(type, { kind: SpanKind.SERVER, attributes }, parentOf(request));
  if (!isSpanContextValid(span.spanContext())) return null;
  admitted.traceId = span.spanContext().traceId;
  return span;
}

/** Where the SDK makes a span of each HTTP request, that one; else what the caller says. */
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
