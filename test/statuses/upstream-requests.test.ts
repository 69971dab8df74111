import { describe, expect, it, vi } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import { knowsAll, type Respond, sendJson, startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

const idsFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => String(first + i));
const batchOf = (ids: readonly string[]) => `{ smsBatch(ids: ${JSON.stringify(ids)}) { found { id } } }`;

interface Batch {
  readonly smsBatch: { readonly found: readonly unknown[] };
}

/** A BSG that is older than mass status requests. */
const older: Respond = (request, response) =>
  request.kind === 'getStatus'
    ? sendJson(response, { error: 4, errorDescription: 'Function not supported' })
    : knowsAll({ status: 'sent' })(request, response);

describe('the requests that BSG receives', () => {
  it('are one or two for 64 queries of different messages that arrive in one turn of the event loop', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);

    const results = await Promise.all(idsFrom(1, 64).map((id) => app.query<Batch, object>(batchOf([id]))));

    expect(results.map(({ data }) => data.smsBatch.found)).toEqual(idsFrom(1, 64).map((id) => [{ id }]));
    expect(bsg.requests.length).toBeLessThanOrEqual(2);
  });

  it('are ten for 1,000 entities by id', async () => {
    const bsg = await startFakeBsg();
    const query = 'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Sms { status } } }';
    const all = idsFrom(1, 1_000).map((id) => ({ __typename: 'Sms', id }));

    const { data } = await startApp(bsg.baseUrl).query<{ readonly _entities: readonly unknown[] }, object>(query, {
      all,
    });

    expect(data._entities).toEqual(all.map(() => ({ status: 'DELIVERED' })));
    expect(bsg.paths).toEqual(Array.from({ length: 10 }, () => '/sms/getStatus'));
  });

  it('are 101 for 100 messages of a BSG that offers no mass requests, and 100 for their next read', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(older);
    const app = startApp(bsg.baseUrl);

    for (const requests of [101, 201]) {
      const { data } = await app.query<Batch, object>(batchOf(idsFrom(1, 100)));
      expect(data.smsBatch.found).toHaveLength(100);
      expect(bsg.paths).toHaveLength(requests);
      vi.advanceTimersByTime(3_000);
    }
    expect(app.log().match(/mass status/g)).toHaveLength(1);
    expect(await (await app.fetch('/ready')).json()).toMatchObject({ massStatus: 'not offered' });
    expect(await (await app.fetch('/metrics')).text()).toMatch(/^bsg_graphql_mass_status_missing 1$/m);
  });

  it('are one per polling interval for 100 messages that are watched', async () => {
    fakeTimers();
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const address = await listen(startApp(bsg.baseUrl).listener);
    // Twenty subscriptions of five messages, opened one after the other.
    const query = 'subscription ($ids: [ID!]) { smsUpdates(ids: $ids) { ... on Sms { id } } }';
    const streams = idsFrom(0, 20).map((i) => subscribe(address, query, { ids: idsFrom(1 + Number(i) * 5, 5) }));
    for (const stream of streams) for (let i = 0; i < 5; i++) await stream.next();

    bsg.forgetRequests();
    await passTimeUntil(bsg.received(1));
    const firstAtMs = Date.now();
    await passTimeUntil(bsg.received(6));
    expect(bsg.requests.map(({ ids }) => ids.length)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(Date.now() - firstAtMs).toBeGreaterThan(4.5 * 2_000);
    for (const stream of streams) stream.leave();
  });
});
