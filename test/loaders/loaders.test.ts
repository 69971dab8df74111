import { describe, expect, it, vi } from 'vitest';
import { smsById, smsByReference } from '../../src/bsg/resources/sms.ts';
import { createLoaders } from '../../src/loaders/loaders.ts';
import { graphql } from '../gql/index.ts';
import { startApp } from '../helpers/app.ts';
import { startClient } from '../helpers/client.ts';
import { fakeClock } from '../helpers/clock.ts';
import { inGroupsOf, knowsAll, sendJson, startFakeBsg, wireSms } from '../helpers/fake-bsg.ts';

const Batch = graphql(`
  query LoaderBatch($ids: [ID!], $references: [String!]) {
    smsBatch(ids: $ids, references: $references) {
      results {
        ... on Sms { id reference }
        ... on BsgErrorDetails { subject code }
      }
    }
  }
`);

const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(1_000 + i));

describe('the lookups of one request', () => {
  it('are one request for 50 aliases of one id', async () => {
    const bsg = await startFakeBsg();
    const aliases = numbers(50).map((n) => `a${n}: sms(id: "211") { ... on Sms { id } }`);

    const { data } = await startApp(bsg.baseUrl).query<Record<string, unknown>, object>(`{ ${aliases.join(' ')} }`);

    expect(Object.values(data)).toEqual(Array.from({ length: 50 }, () => ({ id: '211' })));
    expect(bsg.paths).toEqual(['/sms/211']);
  });

  it('are one request for 100 ids, and for their next read', async () => {
    fakeClock();
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl);

    for (const requests of [1, 2]) {
      const { data } = await app.query(Batch, { ids: numbers(100) });
      expect(data.smsBatch.results.map((result) => 'id' in result && result.id)).toEqual(numbers(100));
      expect(bsg.paths).toEqual(Array.from({ length: requests }, () => '/sms/getStatus'));
      vi.advanceTimersByTime(3_000);
    }
  });

  it('are 101 requests for 100 unknown ids, and one for their next read', async () => {
    fakeClock();
    const unknown = knowsAll();
    const bsg = await startFakeBsg((request, response) => {
      if (request.kind === 'getStatus') sendJson(response, { result: [] });
      else if (request.kind === 'sms') sendJson(response, { error: 20, errorDescription: 'SMS not found' });
      else unknown(request, response);
    });
    const app = startApp(bsg.baseUrl);

    for (const requests of [101, 102]) {
      const { data } = await app.query(Batch, { ids: numbers(100) });
      expect(data.smsBatch.results).toEqual(numbers(100).map((subject) => ({ subject, code: 'SMS_NOT_FOUND' })));
      expect(bsg.paths).toHaveLength(requests);
      vi.advanceTimersByTime(3_000);
    }
  });

  it('are 100 requests for 100 references, and one for their next read', async () => {
    fakeClock();
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl);
    const references = numbers(100).map((id) => `ref_${id}`);

    for (const requests of [100, 101, 102]) {
      const { data } = await app.query(Batch, { references });
      expect(data.smsBatch.results).toEqual(numbers(100).map((id) => ({ id, reference: `ref_${id}` })));
      expect(bsg.paths).toHaveLength(requests);
      vi.advanceTimersByTime(3_000);
    }
    expect(bsg.paths.at(-1)).toBe('/sms/getStatus');
  });

  it('are 50 requests for 50 ids where BSG offers no mass requests, at most BSG_MAX_CONCURRENCY in flight', async () => {
    const bsg = await startFakeBsg(inGroupsOf(10));
    const app = startApp(bsg.baseUrl, { BSG_MAX_CONCURRENCY: '10', BSG_MASS_STATUS: 'off' });

    const { data } = await app.query(Batch, { ids: numbers(50) });

    expect(data.smsBatch.results.map((result) => 'id' in result && result.id)).toEqual(numbers(50));
    expect(bsg.paths.toSorted()).toEqual(numbers(50).map((id) => `/sms/${id}`));
    expect(bsg.maxInFlight).toBe(10);
  });

  it('are in flight together, 50 by default, and are matched by their key', async () => {
    const bsg = await startFakeBsg(inGroupsOf(50));

    const { data } = await startApp(bsg.baseUrl, { BSG_MASS_STATUS: 'off' }).query(Batch, { ids: numbers(100) });

    expect(data.smsBatch.results.map((result) => 'id' in result && result.id)).toEqual(numbers(100));
    expect(bsg.maxInFlight).toBe(50);
  });

  it('fail one by one', async () => {
    const bsg = await startFakeBsg((request, response) => {
      if (request.url === '/sms/2') response.socket?.resetAndDestroy();
      else if (request.url === '/sms/3') sendJson(response, { error: '20', errorDescription: 'SMS not found' }, 404);
      else sendJson(response, wireSms({ id: request.url?.slice('/sms/'.length), reference: null }));
    });
    const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0', BSG_MASS_STATUS: 'off' });

    const { data, errors } = await app.query(Batch, { ids: ['1', '2', '3', 'x', '4'] });

    expect(errors).toBeUndefined();
    expect(data.smsBatch.results).toEqual([
      { id: '1', reference: null },
      { subject: '2', code: 'NETWORK' },
      { subject: '3', code: 'SMS_NOT_FOUND' },
      { subject: 'x', code: 'INVALID_PARAMETERS' },
      { id: '4', reference: null },
    ]);
  });

  it('are not shared with another request', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { CACHE_FINAL_TTL_MS: '0' });

    await app.query(Batch, { ids: ['1'] });
    await app.query(Batch, { ids: ['1'] });
    expect(bsg.paths).toEqual(['/sms/1', '/sms/1']);
  });
});

describe('a message found by one of its keys', () => {
  it('is loaded by the other for the rest of the request', async () => {
    const bsg = await startFakeBsg();
    const client = startClient(bsg.baseUrl);
    const [byId, byReference] = [createLoaders(client), createLoaders(client)];

    await byId.load(smsById, '7');
    expect(await byId.load(smsByReference, 'ref_7')).toMatchObject({ id: '7' });
    await byReference.load(smsByReference, 'ref_8');
    expect(await byReference.load(smsById, '8')).toMatchObject({ reference: 'ref_8' });
    expect(bsg.paths).toEqual(['/sms/7', '/sms/reference/ref_8']);
  });
});
