import { describe, expect, it } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';

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
    }
  }
`);

describe('smsBatch', () => {
  it('returns the same results in four ways', async () => {
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
    });
  });

  it.each([{}, { ids: [] }, { ids: null, references: null }])('is empty for %j', async (variables) => {
    const { app } = await startAppOnSandbox();
    expect((await app.query(Batch, variables)).data.smsBatch).toEqual({
      results: [],
      found: [],
      errors: [],
      statusCounts: [],
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
