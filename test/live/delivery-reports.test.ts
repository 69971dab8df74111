import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp } from '../helpers/app.ts';
import { held, knowsAll, respondWith, sendJson, startFakeBsg, toMassItem, wireSms } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

const SECRET = 'secret_of_the_reports';

const Watched = graphql(`
  subscription Watched($ids: [ID!]) {
    smsUpdates(ids: $ids) {
      ... on Sms { id status msisdn price }
    }
  }
`);

const WatchedByReference = graphql(`
  subscription WatchedByReference($references: [String!]) {
    smsUpdates(references: $references) {
      ... on Sms { id status }
    }
  }
`);

/** A BSG whose messages are on their way, and a server that polls only once an hour and takes reports. */
async function startServer(environment: Record<string, string> = {}) {
  const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
  const app = startApp(bsg.baseUrl, {
    LIVE_INTERVAL_MS: '3600000',
    CACHE_TTL_MS: '3600000',
    WEBHOOK_SECRET: SECRET,
    ...environment,
  });
  const report = async (init: RequestInit = {}, path = `/hooks/bsg/${SECRET}`) => (await app.fetch(path, init)).status;
  return { app, bsg, report, address: await listen(app.listener) };
}

function multipart(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

const json = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });
const brokenForm = { method: 'POST', body: 'id', headers: { 'content-type': 'multipart/form-data; boundary=x' } };
const shown = (status: string) => ({ smsUpdates: { id: '1', status, msisdn: '380972000001', price: 0.23 } });

describe('a delivery report', () => {
  it.each<[string, RequestInit, string]>([
    ['JSON by id', json({ id: '1' }), ''],
    ['JSON by a number', json({ id: 1 }), ''],
    ['JSON by an id with leading zeros', json({ id: '0001' }), ''],
    ['JSON by a long number', { method: 'POST', body: '{"id":1,"msisdn":12345678901234567890}' }, ''],
    ['JSON by reference', json({ reference: 'ref_1' }), ''],
    ['a form', { method: 'POST', body: new URLSearchParams({ id: '1', status: 'sent' }) }, ''],
    ['the address', {}, '?id=1&reference=ref_1'],
    ['the address, with a slash at its end', {}, '/?id=1'],
    ['the address beside another body', { method: 'POST', body: 'status=delivered' }, '?id=1'],
    ['the address beside an empty body', { method: 'POST' }, '?id=1'],
    ['JSON with a byte order mark', { method: 'POST', body: '\ufeff{"id":"1"}' }, ''],
    ['a list', json([{ id: '2' }, { id: '1' }]), ''],
    ['a list in an object', json({ error: 0, result: [{ external_id: 'ref_1' }] }), ''],
    ['a form of many messages', { method: 'POST', body: 'id=2&id=1' }, ''],
    ['a multipart form', { method: 'POST', body: multipart({ id: '1', reference: 'ref_1' }) }, ''],
    ['gzip', { method: 'POST', body: gzipSync('{"id":"1"}'), headers: { 'content-encoding': 'gzip' } }, ''],
    ['a stream', { method: 'POST', body: new Blob(['{"id":"1"}']).stream(), duplex: 'half' } as RequestInit, ''],
  ])('as %s has the subscribed message polled at once', async (_, init, query) => {
    const { bsg, address } = await startServer();
    const updates = subscribe(address, Watched, { ids: ['01', '1'] });
    expect(await updates.next()).toEqual(shown('SENT'));

    bsg.respond = knowsAll();
    expect((await fetch(`${address}/hooks/bsg/${SECRET}${query}`, init)).status).toBe(204);
    expect(await updates.rest()).toEqual([shown('DELIVERED')]);
  });

  it.each([{ id: '1' }, { reference: 'ref_1' }, { reference: 'REF_1' }])(
    'as %j finds a message that is watched by its reference in another case',
    async (message) => {
      const { bsg, report, address } = await startServer();
      const status = (word: string) => respondWith(wireSms({ id: '1', reference: 'ref_1', status: word }));
      bsg.respond = status('sent');
      const updates = subscribe(address, WatchedByReference, { references: ['REF_1'] });
      expect(await updates.next()).toEqual({ smsUpdates: { id: '1', status: 'SENT' } });

      bsg.respond = status('delivered');
      expect(await report(json(message))).toBe(204);
      expect(await updates.rest()).toEqual([{ smsUpdates: { id: '1', status: 'DELIVERED' } }]);
    },
  );

  it('that is forged reaches no subscriber, and costs one poll per window', async () => {
    const { bsg, report, address } = await startServer();
    const updates = subscribe(address, Watched, { ids: ['1'] });
    expect(await updates.next()).toEqual(shown('SENT'));

    const forged = { id: '1', reference: 'ref_1', status: 'delivered', price: '0', msisdn: '666' };
    for (let i = 0; i < 50; i++) expect(await report(json(forged))).toBe(204);
    await bsg.received(2);
    bsg.respond = knowsAll({ status: 'expired' });
    // The reports of one window lead to one more fetch at its end.
    expect(await updates.rest()).toEqual([shown('EXPIRED')]);
    expect(bsg.paths).toHaveLength(3);
  });

  it('that comes during a poll is followed by another poll', async () => {
    const { app, bsg, address } = await startServer();
    const slow = held(bsg.respond);
    bsg.respond = slow.respond;
    const updates = subscribe(address, Watched, { ids: ['1'] });
    const first = updates.next();
    await bsg.received(1);

    bsg.respond = knowsAll();
    expect((await app.fetch(`/hooks/bsg/${SECRET}`, json({ id: '1' }))).status).toBe(204);
    slow.release();
    expect(await first).toEqual(shown('SENT'));
    expect(await updates.rest()).toEqual([shown('DELIVERED')]);
  });

  it('of a message without subscribers invalidates the cached status', async () => {
    const { app, bsg, report } = await startServer();
    const query = '{ smsByReference(reference: "ref_1") { ... on Sms { status } } }';
    await app.query(query);
    bsg.respond = knowsAll();
    expect(await app.query(query)).toEqual({ data: { smsByReference: { status: 'SENT' } } });

    await report(json({ id: '1' }));
    expect(bsg.paths).toHaveLength(1);
    expect(await app.query(query)).toEqual({ data: { smsByReference: { status: 'DELIVERED' } } });
    await report(json({ id: '2' }));
    await app.query(query);
    expect(bsg.paths).toHaveLength(2);
  });

  it.each([
    ['a wrong secret', '/hooks/bsg/secret_of_the_reportz', {}, 404],
    ['no secret', '/hooks/bsg/', {}, 404],
    ['more than the secret', `/hooks/bsg/${SECRET}/x`, {}, 404],
    ['another method', `/hooks/bsg/${SECRET}`, { method: 'PUT', body: '{"id":"1"}' }, 405],
    ['nothing in it', `/hooks/bsg/${SECRET}`, {}, 400],
    ['rubbish', `/hooks/bsg/${SECRET}`, { method: 'POST', body: '{{{' }, 400],
    ['a list that names none', `/hooks/bsg/${SECRET}`, json(['1']), 400],
    ['lists in lists', `/hooks/bsg/${SECRET}`, { method: 'POST', body: '['.repeat(60_000) }, 400],
    ['a multipart form that is none', `/hooks/bsg/${SECRET}`, brokenForm, 400],
    ['null', `/hooks/bsg/${SECRET}`, json(null), 400],
    ['an id that is none', `/hooks/bsg/${SECRET}`, json({ id: '../balance', reference: { a: 1 } }), 400],
  ])('with %s is refused', async (_, path, init, status) => {
    const { report } = await startServer();
    expect(await report(init, path)).toBe(status);
  });

  it.each([
    ['a body', (text: string) => text],
    ['a chunked body', (text: string) => new Blob([text]).stream()],
  ])('has up to 64 KiB, as %s', async (_, bodyOf) => {
    const { address } = await startServer();
    const report = async (text: string) => {
      const init = { method: 'POST', body: bodyOf(JSON.stringify({ id: '1', text })), duplex: 'half' };
      return (await fetch(`${address}/hooks/bsg/${SECRET}`, init)).status;
    };
    expect(await report('')).toBe(204);
    expect(await report('x'.repeat(64 * 1024))).toBe(413);
  });

  it('about more than 100 messages counts for the first 100', async () => {
    const { app, bsg, report } = await startServer();
    const statusOf = async (id: number) => (await app.query(`{ sms(id: "${id}") { ... on Sms { status } } }`)).data;
    for (const id of [1, 100, 101]) await statusOf(id);
    bsg.respond = knowsAll();

    const ids = Array.from({ length: 1_000 }, (_, i) => ({ id: i + 1 }));
    expect(await report(json(ids))).toBe(204);

    expect(await statusOf(1)).toEqual({ sms: { status: 'DELIVERED' } });
    expect(await statusOf(100)).toEqual({ sms: { status: 'DELIVERED' } });
    expect(await statusOf(101)).toEqual({ sms: { status: 'SENT' } });
  });

  it('is refused where WEBHOOK_SECRET is not set', async () => {
    const { report } = await startServer({ WEBHOOK_SECRET: '' });
    for (const path of ['/hooks/bsg/', '/hooks/bsg/null', `/hooks/bsg/${SECRET}`])
      expect(await report({}, path)).toBe(404);
  });

  it('reaches a message of which the cache has the entry by reference alone', async () => {
    const bsg = await startFakeBsg(knowsAll({ status: 'expired' }));
    const app = startApp(bsg.baseUrl, { CACHE_MAX_ENTRIES: '4', WEBHOOK_SECRET: SECRET });
    const statusOf = async (reference: string) =>
      (await app.query(`{ smsByReference(reference: "${reference}") { ... on Sms { status } } }`)).data;
    // The entry by id is the least recently read.
    for (const reference of ['ref_1', 'ref_2', 'ref_1', 'ref_3']) await statusOf(reference);

    bsg.respond = knowsAll();
    await app.fetch(`/hooks/bsg/${SECRET}`, json({ id: '1', reference: 'ref_1' }));

    expect(await statusOf('ref_1')).toEqual({ smsByReference: { status: 'DELIVERED' } });
  });

  it('that corrects a final status reaches the cache and the streams that are still open', async () => {
    const bsg = await startFakeBsg();
    const words: Record<string, string> = { '1': 'expired', '2': 'sent' };
    const wordOf = (id: string) => wireSms({ id, reference: `ref_${id}`, status: words[id] });
    bsg.respond = ({ kind, key, ids }, response) =>
      sendJson(response, kind === 'getStatus' ? { result: ids.map((id) => toMassItem(wordOf(id))) } : wordOf(key));
    const app = startApp(bsg.baseUrl, {
      LIVE_INTERVAL_MS: '3600000',
      CACHE_TTL_MS: '3600000',
      WEBHOOK_SECRET: SECRET,
    });
    const updates = subscribe(await listen(app.listener), Watched, { ids: ['1', '2'] });
    const first = [await updates.next(), await updates.next()];
    expect(first.map((event) => event?.smsUpdates)).toMatchObject([{ status: 'EXPIRED' }, { status: 'SENT' }]);

    words['1'] = 'delivered';
    await app.fetch(`/hooks/bsg/${SECRET}`, json({ id: '1' }));
    expect(await updates.next()).toMatchObject({ smsUpdates: { id: '1', status: 'DELIVERED' } });
    const { data } = await app.query('{ sms(id: "1") { ... on Sms { status } } }');
    expect(data).toEqual({ sms: { status: 'DELIVERED' } });

    words['2'] = 'delivered';
    await app.fetch(`/hooks/bsg/${SECRET}`, json({ id: '2' }));
    expect(await updates.rest()).toMatchObject([{ smsUpdates: { id: '2', status: 'DELIVERED' } }]);
  });
});
