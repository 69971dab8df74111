import { describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

/** The value of a metric, by its name and labels as in the text; null where it is missing. */
async function read(app: TestApp, sample: string): Promise<number | null> {
  const response = await app.fetch('/metrics');
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  const line = (await response.text()).split('\n').find((each) => each.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length + 1));
}

describe('metrics', () => {
  it('count requests by operation and outcome, upstream requests by outcome, and status reads by tier', async () => {
    const bsg = await startFakeBsg((request, response) => {
      const isBad = request.url === '/sms/2';
      sendJson(response, isBad ? {} : wireSms({ id: '1' }), isBad ? 500 : 200);
    });
    const app = startApp(bsg.baseUrl, { BSG_RETRIES: '1' });
    await app.query('query One { sms(id: "1") { __typename } }');
    await app.query('query One { sms(id: "1") { __typename } }');
    await app.query('query Two { sms(id: "2") { __typename } }');
    await app.query('{ nothing }');

    const requests = 'bsg_graphql_request_duration_seconds_count';
    expect(await read(app, `${requests}{operation="One",type="query",outcome="ok"}`)).toBe(2);
    expect(await read(app, `${requests}{operation="Two",type="query",outcome="ok"}`)).toBe(1);
    expect(await read(app, `${requests}{operation="none",type="none",outcome="GRAPHQL_VALIDATION_FAILED"}`)).toBe(1);
    expect(
      await read(app, 'bsg_graphql_upstream_request_duration_seconds_count{route="/sms/{key}",outcome="ok"}'),
    ).toBe(1);
    expect(
      await read(app, 'bsg_graphql_upstream_request_duration_seconds_count{route="/sms/{key}",outcome="http_5xx"}'),
    ).toBe(2);
    expect(await read(app, 'bsg_graphql_upstream_request_size_sum')).toBe(3);
    expect(await read(app, 'bsg_graphql_mass_status_missing')).toBe(0);
    expect(await read(app, 'bsg_graphql_status_reads_total{tier="bsg",outcome="found"}')).toBe(1);
    expect(await read(app, 'bsg_graphql_status_reads_total{tier="bsg",outcome="BAD_RESPONSE"}')).toBe(1);
    expect(await read(app, 'bsg_graphql_status_reads_total{tier="memory",outcome="found"}')).toBe(1);
    expect(await read(app, 'nodejs_eventloop_lag_seconds')).not.toBeNull();
    expect(await read(app, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  it('have each request in the buckets from its duration upwards', async () => {
    fakeClock();
    const bsg = await startFakeBsg((_, response) => {
      vi.advanceTimersByTime(30);
      sendJson(response, wireSms({ id: '1' }));
    });
    const app = startApp(bsg.baseUrl);
    await app.query('query Slow { sms(id: "1") { __typename } }');
    await app.query('query Slow { sms(id: "1") { __typename } }');

    const labels = 'operation="Slow",type="query",outcome="ok"';
    const name = 'bsg_graphql_request_duration_seconds';
    const bounds = ['0.001', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
    const counts = await Promise.all(bounds.map((le) => read(app, `${name}_bucket{${labels},le="${le}"}`)));
    expect(counts).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(await read(app, `${name}_count{${labels}}`)).toBe(2);
    expect(await read(app, `${name}_sum{${labels}}`)).toBe(0.03);
  });

  it('show the state of the circuit breaker', async () => {
    const app = startApp('http://127.0.0.1:1', { BSG_RETRIES: '0' });
    expect(await read(app, 'bsg_graphql_circuit_breaker_open')).toBe(0);
    for (let id = 1; id <= 11; id++) await app.query(`{ sms(id: "${id}") { __typename } }`);
    expect(await read(app, 'bsg_graphql_circuit_breaker_open')).toBe(1);
    expect(
      await read(app, 'bsg_graphql_upstream_request_duration_seconds_count{route="/sms/{key}",outcome="network"}'),
    ).toBe(10);
    expect(await read(app, 'bsg_graphql_status_reads_total{tier="circuit_open",outcome="NETWORK"}')).toBe(1);
  });

  it('show the open subscriptions and the keys that are polled for them', async () => {
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireSms({ id: '1', status: 'sent' })));
    const app = startApp(bsg.baseUrl);
    const address = await listen(app.listener);
    const query = 'subscription { smsUpdates(ids: ["1"]) { __typename } }';
    const subscriptions = [1, 2].map(() => subscribe(address, query));
    for (const subscription of subscriptions) await subscription.next();
    expect(await read(app, 'bsg_graphql_live_streams')).toBe(2);
    expect(await read(app, 'bsg_graphql_live_pollers')).toBe(1);
    for (const subscription of subscriptions) subscription.leave();
    await expect.poll(() => read(app, 'bsg_graphql_live_streams')).toBe(0);
    expect(await read(app, 'bsg_graphql_live_pollers')).toBe(0);
  });

  it('have at most 200 operation names, however many a client makes up (cardinality)', async () => {
    const app = startApp((await startFakeBsg()).baseUrl);
    for (let i = 0; i < 300; i++) await app.query(`query Made_up_${i} { __typename }`);
    const text = await (await app.fetch('/metrics')).text();
    expect(new Set(text.match(/operation="[^"]*"/g)).size).toBe(201);
    expect(
      await read(app, 'bsg_graphql_request_duration_seconds_count{operation="other",type="query",outcome="ok"}'),
    ).toBe(100);
  });
});
