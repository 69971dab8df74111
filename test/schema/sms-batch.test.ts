import { describe, expect, it } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { isDown, sendJson, startFakeBsg, toMassItem, wireSms } from '../helpers/fake-bsg.ts';

const Batch = graphql(`
  query Batch($ids: [ID!], $references: [String!]) {
    smsBatch(ids: $ids, references: $references) {
      results {
        __typename
        ... on Sms { id }
        ... on BsgErrorDetails { subject }
      }
      found { id }
      errors {
        __typename
        ... on BsgErrorDetails { subject code }
      }
      statusCounts { status count }
      isFinal
      deliveryRate
      prices { currency total }
    }
  }
`);

describe('smsBatch', () => {
  it('returns the same results in several ways', async () => {
    const { app } = await startAppOnSandbox();

    const { data } = await app.query(Batch, {
      ids: ['306', '404404', '211', '306', 'x', 'x'],
      references: ['ext_id_19', 'status_sent', 'nobody'],
    });

    expect(data.smsBatch).toEqual({
      results: [
        { __typename: 'Sms', id: '306' },
        { __typename: 'BsgNotFoundError', subject: '404404' },
        { __typename: 'Sms', id: '211' },
        { __typename: 'Sms', id: '306' },
        { __typename: 'BsgInvalidRequestError', subject: 'x' },
        { __typename: 'BsgInvalidRequestError', subject: 'x' },
        { __typename: 'Sms', id: '211' },
        { __typename: 'Sms', id: '305' },
        { __typename: 'BsgNotFoundError', subject: 'nobody' },
      ],
      found: [{ id: '306' }, { id: '211' }, { id: '305' }],
      errors: [
        { __typename: 'BsgNotFoundError', subject: '404404', code: 'SMS_NOT_FOUND' },
        { __typename: 'BsgInvalidRequestError', subject: 'x', code: 'INVALID_PARAMETERS' },
        { __typename: 'BsgNotFoundError', subject: 'nobody', code: 'SMS_NOT_FOUND' },
      ],
      statusCounts: [
        { status: 'DELIVERED', count: 2 },
        { status: 'SENT', count: 1 },
      ],
      isFinal: false,
      deliveryRate: 2 / 3,
      prices: [{ currency: 'EUR', total: '1.56' }],
    });
  });

  it.each([{}, { ids: [] }, { ids: null, references: null }])('is empty for %j', async (variables) => {
    const { app } = await startAppOnSandbox();
    expect((await app.query(Batch, variables)).data.smsBatch).toEqual({
      results: [],
      found: [],
      errors: [],
      statusCounts: [],
      isFinal: true,
      deliveryRate: null,
      prices: [],
    });
  });

  it('accepts 100 ids and references together, and refuses 101 before it fetches any', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl);
    const ids = Array.from({ length: 60 }, (_, i) => String(i + 1));
    const references = Array.from({ length: 40 }, (_, i) => `ref_${100 + i}`);

    expect((await app.query(Batch, { ids, references })).data.smsBatch.found).toHaveLength(100);
    const calls = bsg.paths.length;
    expect(await app.query(Batch, { ids, references: [...references, 'one_more'] })).toEqual({
      data: null,
      errors: [
        expect.objectContaining({
          message: 'The batch has 101 keys, and the maximum is 100 (MAX_BATCH_SIZE).',
          path: ['smsBatch'],
          extensions: { code: 'BATCH_TOO_LARGE', size: 101, maxBatchSize: 100 },
        }),
      ],
    });
    expect(bsg.paths).toHaveLength(calls);
  });

  it('accepts MAX_BATCH_SIZE keys', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { MAX_BATCH_SIZE: '2' });

    expect((await app.query(Batch, { ids: ['1', '2'] })).errors).toBeUndefined();
    expect((await app.query(Batch, { ids: ['1', '2', '3'] })).errors?.[0]?.extensions?.['code']).toBe(
      'BATCH_TOO_LARGE',
    );
  });
});

const Totals = graphql(`
  query Totals($ids: [ID!]) {
    smsBatch(ids: $ids) { isFinal deliveryRate prices { currency total } }
  }
`);

/** The totals of messages as BSG answers, in one request and one by one: by id from 1, either a message or an error. */
async function totalsOf(answers: readonly object[]) {
  const wireOf = (id: string) => wireSms({ id, reference: null, ...answers[Number(id) - 1] });
  const bsg = await startFakeBsg(({ kind, key, ids }, response) => {
    if (kind === 'getStatus')
      sendJson(response, { result: ids.map((id) => ({ ...toMassItem(wireOf(id)), error: wireOf(id).error })) });
    else sendJson(response, wireOf(key));
  });
  const ids = answers.map((_, i) => String(i + 1));
  const [together, alone] = await Promise.all(
    ['auto', 'off'].map(async (BSG_MASS_STATUS) => {
      const { data } = await startApp(bsg.baseUrl, { BSG_MASS_STATUS }).query(Totals, { ids: [...ids, ...ids] });
      return data.smsBatch;
    }),
  );
  expect(alone).toEqual(together);
  return together;
}

describe('the prices of a batch', () => {
  it.each([
    ["in BSG's notations", [{ price: 0.1 }, { price: '0.2000000' }, { price: '1e-7' }], { EUR: '0.3000001' }],
    ['in two currencies', [{ price: 1 }, { price: '2.50', currency: 'USD' }, { price: 2 }], { EUR: '3', USD: '2.5' }],
    ['beyond what a number holds', [{ price: '9007199254740993' }, { price: '0.01' }], { EUR: '9007199254740993.01' }],
    ['of nothing', [{ price: 0 }, { price: '-0.00' }], { EUR: '0' }],
    [
      'without a currency, or unreadable',
      [{ currency: null }, { currency: '' }, { price: 'free' }, { price: null }],
      {},
    ],
    ['of those found', [{ price: '0.50' }, { error: 20 }], { EUR: '0.5' }],
  ])('%s are added up exactly, each message once', async (_, answers, totals) => {
    const expected = Object.entries(totals).map(([currency, total]) => ({ currency, total }));
    expect((await totalsOf(answers))?.prices).toEqual(expected);
  });
});

describe('a batch', () => {
  it.each([
    [
      'messages in all final statuses',
      ['delivered', 'read', 'expired', 'undelivered', 'rejected', 'failed', 'deleted'].map((status) => ({ status })),
      true,
      2 / 7,
    ],
    ['a message that can still change', [{ status: 'READ' }, { status: 'unknown' }], false, 1 / 2],
    ['an error that no retry cures', [{ error: 8 }, { error: 27 }, { error: 31 }], true, null],
    ['a message that is not found yet', [{ error: 20 }], false, null],
    ['an error that a retry may cure', [{ status: 'delivered' }, { error: 11 }], false, 1],
  ])('of %s knows whether it is final, and its delivery rate', async (_, answers, isFinal, deliveryRate) => {
    expect(await totalsOf(answers)).toMatchObject({ isFinal, deliveryRate });
  });

  it('is not final while BSG is down', async () => {
    const bsg = await startFakeBsg(isDown);
    const { data } = await startApp(bsg.baseUrl, { BSG_RETRIES: '0' }).query(Totals, { ids: ['1'] });
    expect(data.smsBatch).toEqual({ isFinal: false, deliveryRate: null, prices: [] });
  });
});
