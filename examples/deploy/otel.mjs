// Exports the spans of the server by OTLP, as the environment says (OTEL_SERVICE_NAME, OTEL_EXPORTER_OTLP_ENDPOINT, ...). The server
// flushes them when it ends:
//   node --import ./otel.mjs dist/main.js
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const provider = new NodeTracerProvider({
  resource: defaultResource().merge(detectResources({ detectors: [envDetector] })),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
