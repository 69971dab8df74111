import { describe, expect, it, vi } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp } from '../helpers/app.ts';
import { fakeClock, fakeTimers, passTimeUntil } from '../helpers/clock.ts';
import { sendJson, startFakeBsg, toMassItem, wireCampaign, wireSms } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

const SmsUpdates = graphql(`
  subscription SmsUpdates($ids: [ID!], $references: [String!]) {
    smsUpdates(ids: $ids, references: $references) {
      ... on Sms { id status }
      ... on BsgErrorDetails { subject code }
    }
  }
`);

const CampaignUpdates = graphql(`
  subscription CampaignUpdates($taskId: ID!) {
    campaignUpdates(taskId: $taskId) {
      ... on Campaign { delivered isFinal }
      ... on BsgErrorDetails { code }
    }
  }
`);

/** Polls often, and caches nothing between two polls. */
const often = { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0', BSG_RETRIES: '0' };

/** A BSG whose responses the test changes by id, and a server on it. */
async function startServer(statuses: Record<string, string | number>) {
  const massItemOf = (id: string) => {
    const status = statuses[id];
    return typeof status === 'number'
      ? { id, error: status }
      : toMassItem(wireSms({ id, reference: `ref_${id}`, status }));
  };
  const bsg = await startFakeBsg(({ kind, key, ids }, response) => {
    if (kind === 'getStatus') return sendJson(response, { result: ids.map(massItemOf) });
    const id = key.replace('ref_', '');
    const status = statuses[id];
    if (typeof status === 'number')
      sendJson(response, status < 100 ? { error: status } : 'down', status < 100 ? 200 : status);
    else sendJson(response, wireSms({ id, reference: `ref_${id}`, status }));
  });
  const app = startApp(bsg.baseUrl, often);
  return { bsg, app, statuses, address: await listen(app.listener) };
}

const sms = (id: string, status: string) => ({ smsUpdates: { id, status } });

describe('smsUpdates', () => {
  it('sends the current state and each change once, and completes when the status is final', async () => {
    const { address, statuses, bsg } = await startServer({ '1': 'scheduled' });
    const updates = subscribe(address, SmsUpdates, { ids: ['1'] });

    expect(await updates.next()).toEqual(sms('1', 'SCHEDULED'));
    await bsg.received(4);
    statuses['1'] = 'sent';
    expect(await updates.next()).toEqual(sms('1', 'SENT'));
    statuses['1'] = 'delivered';
    expect(await updates.rest()).toEqual([sms('1', 'DELIVERED')]);
  });

  it('completes when each message is final or not found, and not before', async () => {
    const { address, statuses } = await startServer({ '1': 'delivered', '2': 20, '3': 'sent' });
    const updates = subscribe(address, SmsUpdates, { ids: ['1', '2', 'x', '3'], references: ['ref_1'] });

    const first = [
      await updates.next(),
      await updates.next(),
      await updates.next(),
      await updates.next(),
      await updates.next(),
    ];
    expect(first).toEqual(
      expect.arrayContaining([
        sms('1', 'DELIVERED'),
        { smsUpdates: { subject: '2', code: 'SMS_NOT_FOUND' } },
        { smsUpdates: { subject: 'x', code: 'INVALID_PARAMETERS' } },
        sms('3', 'SENT'),
      ]),
    );
    statuses['3'] = 'expired';
    expect(await updates.rest()).toEqual([sms('3', 'EXPIRED')]);
  });

  it('completes at once without ids and references', async () => {
    const { address } = await startServer({});
    expect(await subscribe(address, SmsUpdates, {}).rest()).toEqual([]);
  });

  it('sends an outage of BSG once, and the state after it', async () => {
    const { address, statuses, bsg } = await startServer({ '1': 'sent' });
    const updates = subscribe(address, SmsUpdates, { ids: ['1'] });
    expect(await updates.next()).toEqual(sms('1', 'SENT'));

    statuses['1'] = 503;
    expect(await updates.next()).toEqual({ smsUpdates: { subject: '1', code: 'BAD_RESPONSE' } });
    await bsg.received(bsg.paths.length + 3);
    statuses['1'] = 'sent';
    expect(await updates.next()).toEqual(sms('1', 'SENT'));
  });

  it('sends a price that changed, and none that BSG wrote in another way', async () => {
    const { address, bsg } = await startServer({});
    let price: string | number = 0.23;
    bsg.respond = (_, response) => sendJson(response, wireSms({ id: '1', status: 'sent', price }));
    const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { priceText isStale } } }';
    const updates = subscribe(address, query);
    expect(await updates.next()).toEqual({ smsUpdates: { priceText: '0.23', isStale: false } });

    price = '0.2300000';
    await bsg.received(bsg.paths.length + 3);
    price = '0.2300001';
    expect(await updates.next()).toEqual({ smsUpdates: { priceText: '0.2300001', isStale: false } });
  });

  it('polls for 50 subscribers of one message as often as for one', async () => {
    fakeTimers();
    const { address, statuses, bsg } = await startServer({ '1': 'sent' });
    const all = Array.from({ length: 50 }, () => subscribe(address, SmsUpdates, { ids: ['1'] }));
    for (const updates of all) expect(await updates.next()).toEqual(sms('1', 'SENT'));

    bsg.forgetRequests();
    const startedAtMs = Date.now();
    await passTimeUntil(bsg.received(5));
    // By the faked clock. One request can have been on its way at the start, and the first tick can be near.
    expect(bsg.paths.length).toBeLessThanOrEqual((Date.now() - startedAtMs) / 100 + 2);

    statuses['1'] = 'delivered';
    const ends = Promise.all(all.map((updates) => updates.rest()));
    for (const rest of await passTimeUntil(ends)) expect(rest).toEqual([sms('1', 'DELIVERED')]);
  });

  it('stops polling when its last subscriber has left', async () => {
    fakeTimers();
    const { address, app, bsg } = await startServer({ '1': 'sent' });
    const [a, b] = [subscribe(address, SmsUpdates, { ids: ['1'] }), subscribe(address, SmsUpdates, { ids: ['1'] })];
    await Promise.all([a.next(), b.next()]);

    a.leave();
    await passTimeUntil(bsg.received(bsg.paths.length + 2));
    b.leave();
    await expect.poll(async () => (await app.fetch('/metrics')).text()).toContain('bsg_graphql_live_streams 0');

    bsg.forgetRequests();
    vi.advanceTimersByTime(60_000);
    await app.query('{ sms(id: "2") { __typename } }');
    expect(bsg.paths).toEqual(['/sms/2']);
  });

  it('polls nothing for a client that accepts no event stream', async () => {
    fakeTimers();
    const { app, bsg } = await startServer({});
    const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';
    const response = await app.fetch(`/graphql?query=${encodeURIComponent(query)}`, {
      headers: { accept: 'application/json' },
    });
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] });

    vi.advanceTimersByTime(60_000);
    await app.query('{ sms(id: "2") { __typename } }');
    expect(bsg.paths).toEqual(['/sms/2']);
  });

  it('is refused beyond MAX_BATCH_SIZE keys and LIVE_MAX_STREAMS streams', async () => {
    const { bsg } = await startServer({ '1': 'sent' });
    const app = startApp(bsg.baseUrl, { ...often, MAX_BATCH_SIZE: '2', LIVE_MAX_STREAMS: '1' });
    const address = await listen(app.listener);

    await expect(subscribe(address, SmsUpdates, { ids: ['1', '2', '3'] }).next()).rejects.toThrow('BATCH_TOO_LARGE');
    const first = subscribe(address, SmsUpdates, { ids: ['1'] });
    expect(await first.next()).toEqual(sms('1', 'SENT'));
    await expect(subscribe(address, SmsUpdates, { ids: ['1'] }).next()).rejects.toThrow('503');
  });
});

describe('campaignUpdates', () => {
  it('sends the counters as they change, until each message of the total has an outcome', async () => {
    const counters = { total: 2, sent: 1, delivered: 1 };
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireCampaign(counters)));
    const address = await listen(startApp(bsg.baseUrl, often).listener);
    const updates = subscribe(address, CampaignUpdates, { taskId: '6' });

    expect(await updates.next()).toEqual({ campaignUpdates: { delivered: 1, isFinal: false } });
    counters.sent = 2;
    expect(await updates.next()).toEqual({ campaignUpdates: { delivered: 1, isFinal: false } });
    counters.delivered = 2;
    expect(await updates.rest()).toEqual([{ campaignUpdates: { delivered: 2, isFinal: true } }]);
  });

  it('stays open without a total until nothing has changed for ten minutes, and ends with the final state', async () => {
    fakeClock();
    const bsg = await startFakeBsg((_, response) => sendJson(response, wireCampaign({ sent: 2, delivered: 2 })));
    const address = await listen(startApp(bsg.baseUrl, often).listener);
    const updates = subscribe(address, CampaignUpdates, { taskId: '6' });

    expect(await updates.next()).toEqual({ campaignUpdates: { delivered: 2, isFinal: false } });
    await bsg.received(3);
    vi.advanceTimersByTime(10 * 60_000);
    expect(await updates.rest()).toEqual([{ campaignUpdates: { delivered: 2, isFinal: true } }]);
  });
});
