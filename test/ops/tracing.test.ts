import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { AUTH_TOKENS, expectNothingPersonal } from '../helpers/secrets.ts';

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
beforeAll(() => provider.register());
beforeEach(() => exporter.reset());
afterAll(async () => {
  await provider.shutdown();
  trace.disable();
});

/** The spans that ended, each with the name of its parent. */
function spans() {
  const ended = exporter.getFinishedSpans();
  return ended.map((span) => ({
    name: span.name,
    kind: span.kind,
    attributes: span.attributes,
    failed: span.status.code === SpanStatusCode.ERROR,
    traceId: span.spanContext().traceId,
    parentId: span.parentSpanContext?.spanId,
    parent: ended.find((each) => each.spanContext().spanId === span.parentSpanContext?.spanId)?.name ?? null,
  }));
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

describe('a trace', () => {
  it("has spans of the operation, its status reads and each upstream request, below the caller's span", async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    await app.query(
      'query Known { smsByReference(reference: "ref_38097") { __typename ... on Sms { msisdn } } }',
      {},
      { traceparent },
    );

    expect(spans()).toMatchObject([
      {
        name: 'GET',
        kind: SpanKind.CLIENT,
        parent: 'status.read',
        attributes: { 'url.template': '/sms/reference/{key}', 'http.response.status_code': 200 },
      },
      {
        name: 'status.read',
        parent: 'query',
        attributes: { 'bsg.reads': 1, 'bsg.tiers': ['bsg'], 'bsg.outcomes': ['found'] },
      },
      {
        name: 'query',
        kind: SpanKind.SERVER,
        parentId: '00f067aa0ba902b7',
        attributes: { 'graphql.operation.name': 'Known' },
      },
    ]);
    for (const span of spans()) expect(span.traceId).toBe(traceId);
    expectNothingPersonal(JSON.stringify(spans()));
    expect(JSON.stringify(spans())).not.toContain('ref_38097');
    expect(app.requestLines()).toMatchObject([{ traceId }]);
  });

  it('is passed on to BSG with the span of the upstream request', async () => {
    const bsg = await startFakeBsg();
    await startApp(bsg.baseUrl).query('{ sms(id: "1") { __typename } }', {}, { traceparent });
    const call = exporter
      .getFinishedSpans()
      .find(({ name }) => name === 'GET')
      ?.spanContext();
    expect(bsg.requests[0]?.headers['traceparent']).toBe(`00-${traceId}-${call?.spanId}-01`);
  });

  it("has the same spans for a compiled query, and is a new one without a caller's", async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    for (let use = 1; use <= 5; use++) await app.query('{ sms(id: "1") { __typename } }');
    const names = spans().map(({ name, parent }) => [name, parent]);
    expect(names.slice(-2)).toEqual([
      ['status.read', 'query'],
      ['query', null],
    ]);
    expect(spans().at(-2)?.attributes).toEqual({ 'bsg.reads': 1, 'bsg.tiers': ['memory'], 'bsg.outcomes': ['found'] });
    expect(app.requestLines().at(-1)?.traceId).toBe(spans().at(-1)?.traceId);
  });

  it('has a span for each attempt, with its error', async () => {
    const bsg = await startFakeBsg((_, response) => sendJson(response, {}, 503));
    await startApp(bsg.baseUrl, { BSG_RETRIES: '1' }).query(
      '{ _entities(representations: [{ __typename: "Sms", id: "1" }]) { __typename } }',
    );
    expect(spans().map(({ name, failed, attributes }) => [name, failed, attributes['error.type']])).toEqual([
      ['GET', true, 'http_5xx'],
      ['GET', true, 'http_5xx'],
      ['status.read', false, undefined],
      ['query', true, undefined],
    ]);
  });

  it('has a span of a request that ends before its operation runs, with its error', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
    await app.query('{ sms(id: "1") { __typename } }', {}, { traceparent });
    expect(spans()).toMatchObject([
      { name: 'GraphQL Operation', traceId, failed: true, attributes: { 'error.type': 'UNAUTHENTICATED' } },
    ]);
    expect(app.requestLines()).toMatchObject([{ traceId, outcome: 'UNAUTHENTICATED' }]);
  });

  it('has one span for statuses that are read together, and one for their mass status request', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    await app.query('{ smsBatch(ids: ["1", "2", "3"]) { found { id } } }');
    const requests = spans().filter(({ name }) => name === 'POST');
    expect(requests.map(({ attributes }) => attributes)).toMatchObject([
      { 'url.template': '/sms/getStatus', 'bsg.request.size': 3 },
    ]);
    expect(spans().filter(({ name }) => name === 'status.read')).toMatchObject([{ attributes: { 'bsg.reads': 3 } }]);
  });

  it('has the upstream requests that a subscription starts with', async () => {
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireSms({ id: '1' })));
    const app = startApp(bsg.baseUrl);
    const response = await app.fetch(
      `/graphql?query=${encodeURIComponent('subscription Listen { smsUpdates(ids: ["1"]) { __typename } }')}`,
      {
        headers: { accept: 'text/event-stream', traceparent },
      },
    );
    await response.text();
    expect(
      spans()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['GET', 'status.read', 'subscription']);
    expect(spans().find(({ name }) => name === 'subscription')).toMatchObject({
      traceId,
      attributes: { 'graphql.operation.name': 'Listen' },
    });
  });
});
