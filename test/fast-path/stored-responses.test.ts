import { SpanKind } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';
import { recordSpans } from '../helpers/spans.ts';
import { countsOf, exchange, hitsOf } from '../helpers/twins.ts';

const query = 'query Two { smsBatch(ids: ["1", "2"]) { found { id status } errors { __typename } } }';

/** An app that has the response to the query stored, and how to send the query again. */
async function startWarm(environment: Readonly<Record<string, string>> = {}) {
  const app = startApp((await startFakeBsg()).baseUrl, environment);
  const address = await listen(app.listener);
  const send = (headers: Readonly<Record<string, string>> = {}, text = query) =>
    exchange(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: text }),
    });
  return { app, send };
}

describe('a response that is stored', () => {
  it('is logged like any other', async () => {
    const { app, send } = await startWarm();
    for (let i = 1; i <= 3; i++) await send({ 'x-request-id': `r${i}` });
    await expect.poll(() => app.requestLines()).toHaveLength(3);
    expect(await hitsOf(app)).toBe(1);
    const [, second, third] = app.requestLines();
    const changing = { requestId: 'r3', durationMs: expect.any(Number), time: expect.any(Number) };
    expect(third).toEqual({ ...second, ...changing });
    expect(third).toMatchObject({ operation: { type: 'query', name: 'Two' }, lookups: 2, cacheHits: 2, outcome: 'ok' });
  });

  it('is counted like any other', async () => {
    const { app, send } = await startWarm();
    for (let i = 1; i <= 4; i++) await send();
    expect(await hitsOf(app)).toBe(2);
    await expect
      .poll(() => countsOf(app))
      .toEqual([
        'bsg_graphql_request_duration_seconds_count{operation="Two",type="query",outcome="ok"} 4',
        'bsg_graphql_status_reads_total{tier="bsg",outcome="found"} 2',
        'bsg_graphql_status_reads_total{tier="memory",outcome="found"} 6',
      ]);
  });

  it('is charged to the rate limit, and refused beyond it like any other', async () => {
    fakeClock();
    const { app, send } = await startWarm({ RATE_LIMIT: '7' });
    for (let i = 1; i <= 3; i++) expect(await send()).toMatchObject({ status: 200 });
    expect(await hitsOf(app)).toBe(1);
    // One lookup is left, and two are requested: refused where it was found, and then by the gate.
    const refused = await send();
    expect(refused).toMatchObject({ status: 429, body: expect.stringContaining('"code":"TOO_MANY_REQUESTS"') });
    expect(Object.fromEntries(refused.headers)).toMatchObject({ 'retry-after': '60', 'cache-control': /no-store/ });
    expect((await send()).body).toBe(refused.body);
    await expect
      .poll(() => app.requestLines().at(-2))
      .toMatchObject({ outcome: 'TOO_MANY_REQUESTS', operation: { name: 'Two' }, lookups: 0 });
  });

  it('is for authenticated callers only, and for those of the same scope', async () => {
    const { app, send } = await startWarm({ AUTH_TOKENS });
    const personal = { authorization: `Bearer ${TOKENS.personal}` };
    for (let i = 1; i <= 3; i++) await send(personal);
    expect(await hitsOf(app)).toBe(1);
    expect(await send()).toMatchObject({ status: 401 });
    expect(await send({ authorization: 'Bearer x' })).toMatchObject({ status: 401 });
    expect(await send({ authorization: `Bearer ${TOKENS.plain}` })).toMatchObject({ status: 200 });
    expect(await hitsOf(app)).toBe(1);
  });

  it('has spans like any other where an SDK records them', async () => {
    const exporter = recordSpans();
    const { app, send } = await startWarm();
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const spansOf = async () => {
      exporter.reset();
      await send({ traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
      return exporter
        .getFinishedSpans()
        .map((span) => [span.name, span.kind, span.attributes, span.spanContext().traceId]);
    };
    await spansOf();
    const fromYoga = await spansOf();
    const stored = await spansOf();
    expect(await hitsOf(app)).toBe(1);
    expect(stored).toEqual(fromYoga);
    expect(stored.at(-1)).toEqual(['query', SpanKind.SERVER, expect.anything(), traceId]);
    await expect.poll(() => app.requestLines().at(-1)).toMatchObject({ traceId });
  });

  it('closes the connection while the server drains', async () => {
    const { app, send } = await startWarm();
    for (let i = 1; i <= 3; i++) await send();
    app.drain();
    expect(Object.fromEntries((await send()).headers)).toMatchObject({ connection: 'close' });
    expect(await hitsOf(app)).toBe(2);
  });

  it('takes no more memory than RESPONSE_CACHE_BYTES, however many queries there are', async () => {
    const { app, send } = await startWarm({ RESPONSE_CACHE_BYTES: '20000' });
    const bytes = async () =>
      Number(/^bsg_graphql_response_cache_bytes (\d+)$/m.exec(await (await app.fetch('/metrics')).text())?.[1]);
    for (let i = 1; i <= 30; i++) await send({}, `{ a${i}: __typename }`);
    expect(await bytes()).toBeGreaterThan(10_000);
    expect(await bytes()).toBeLessThanOrEqual(20_000);
  });

  it('is not stored where the query is cold, so that queries that are sent once take no memory', async () => {
    const { app, send } = await startWarm();
    for (let i = 1; i <= 5; i++) await send({}, `{ sms(id: "${i}") { __typename } }`);
    expect(await (await app.fetch('/metrics')).text()).toMatch(/^bsg_graphql_response_cache_bytes 0$/m);
  });
});
