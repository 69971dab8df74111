/** Spans (OpenTelemetry), where an SDK records them. */
import { ProxyTracerProvider, type Span, type SpanOptions, type Tracer, trace } from '@opentelemetry/api';

const NAME = 'bsg-graphql';

/** The tracer of this package. */
export const tracer: Tracer = trace.getTracer(NAME);

/** Whether an SDK is loaded: a span that none records is not free either. */
export function isTracing(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer(NAME) !== undefined;
}

/**
 * Does some work in a span of its own, which ends with it; null where no SDK is loaded.
 *
 * @param optionsOf Called only where there is a span.
 */
export function inSpan<Result>(
  name: string,
  optionsOf: () => SpanOptions,
  work: (span: Span | null) => Promise<Result>,
): Promise<Result> {
  if (!isTracing()) return work(null);
  return tracer.startActiveSpan(name, optionsOf(), async (span) => {
    try {
      return await work(span);
    } finally {
      span.end();
    }
  });
}
