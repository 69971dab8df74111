import { setTimeout as pause } from 'node:timers/promises';
import {
  context,
  isSpanContextValid,
  type ProxyTracerProvider,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Context as TraceContext,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { RequestContext } from '../request/context.ts';
import type { RequestHead } from '../request/head.ts';
import { isTracing, tracer } from '../spans.ts';
import { spanAttributesOf } from '../statuses/read-observer.ts';

interface Requested {
  readonly admitted: RequestContext;
}

/** How propagators read headers. */
const HEADERS: TextMapGetter<RequestHead> = {
  get: (head, name) => head.header(name.toLowerCase()) ?? undefined,
  keys: (head) => head.names(),
};

/** Time that the end of the process spends on the last spans. */
const FLUSH_TIMEOUT_MS = 1_000;

/**
 * Creates a span for each operation, from the first byte of its request on: a child of the caller's span (`traceparent`). Spans go to the OpenTelemetry SDK that is loaded
 * before the server (`node --import`); without one there are none. Has to be the last plugin that sets how an operation runs.
 */
export function useOperationSpans(): Plugin<Requested> {
  return {
    onExecute({ args, executeFn, setExecuteFn }) {
      // The fast path has traced what it passes on with a result.
      const span = args.contextValue.admitted.isTraced ? null : startSpan(args.contextValue.admitted);
      if (span === null) return;
      setExecuteFn((given) => within(span, () => executeFn(given)));
      return { onExecuteDone: ({ result }) => endSpan(span, result) };
    },
    onSubscribe({ args, subscribeFn, setSubscribeFn }) {
      const span = startSpan(args.contextValue.admitted);
      if (span === null) return;
      setSubscribeFn((given) => within(span, () => subscribeFn(given)));
      return { onSubscribeResult: ({ result }) => endSpan(span, result) };
    },
  };
}

/** Runs an operation in a span of its own, where an SDK records spans. */
export function traceOperation(request: RequestContext, run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
  const span = startSpan(request);
  return span === null ? run() : runIn(span, run);
}

async function runIn(span: Span, run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
  try {
    const result = await within(span, run);
    endSpan(span, result);
    return result;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR }).end();
    throw error;
  }
}

/** Creates the span of an operation whose response was stored, and one of all the reads that it stands for. */
export function traceStoredOperation(request: RequestContext): void {
  const span = startSpan(request);
  if (span === null) return;
  const attributes = spanAttributesOf(request.reads);
  if (request.reads.length > 0) within(span, () => tracer.startSpan('status.read', { attributes }).end());
  span.end();
}

/** Creates the span of a request that ended before an operation ran, such as one without a token. */
export function traceFailedRequest(request: RequestContext, outcome: string): void {
  const span = startSpan(request);
  if (span === null) return;
  span.setAttribute('error.type', outcome).setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** Resolves when the SDK, where there is one, has exported the spans that ended, or when that takes too long. */
export async function flushSpans(): Promise<void> {
  // The SDK's copy of the API has a proxy of its own class.
  const proxy: TracerProvider & Partial<ProxyTracerProvider> = trace.getTracerProvider();
  const sdk: TracerProvider & { forceFlush?(): Promise<void> } = proxy.getDelegate?.() ?? proxy;
  // What cannot be exported is the SDK's to report.
  const flushed = sdk.forceFlush?.().catch(() => {});
  await Promise.race([flushed, pause(FLUSH_TIMEOUT_MS, null, { ref: false })]);
}

function within<T>(span: Span, run: () => T): T {
  return context.with(trace.setSpan(context.active(), span), run);
}

/** Null where no SDK records spans. */
function startSpan(request: RequestContext): Span | null {
  request.isTraced = true;
  if (!isTracing()) return null;
  const { operation, receivedAtMs, head } = request;
  const attributes = {
    ...(operation !== null && { 'graphql.operation.type': operation.type }),
    ...(operation !== null && operation.name !== null && { 'graphql.operation.name': operation.name }),
  };
  // The semantic conventions for GraphQL name the span by the type, as clients choose the name (cardinality).
  const name = operation?.type ?? 'GraphQL Operation';
  const startTime = performance.timeOrigin + receivedAtMs;
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes, startTime }, parentOf(head));
  if (!isSpanContextValid(span.spanContext())) return null;
  request.traceId = span.spanContext().traceId;
  return span;
}

/** The span of the HTTP request where the SDK instruments HTTP, else the caller's. */
function parentOf(head: RequestHead): TraceContext {
  const active = context.active();
  if (trace.getSpan(active) !== undefined) return active;
  return propagation.extract(active, head, HEADERS);
}

function endSpan(span: Span, result: ExecutionResult | AsyncIterable<unknown>): void {
  if ('errors' in result && (result.errors ?? []).length > 0) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}
