import { describe, expect, it } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, startAppOnSandbox } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';

const OneCampaign = graphql(`
  query OneCampaign($taskId: ID!) {
    campaign(taskId: $taskId) {
      __typename
      ... on Campaign {
        id taskId originator body validity totalPrice currency
        total queued accepted enroute sent delivered expired undeliverable unknown pending deliveryRate isFinal fetchedAt isStale
      }
      ... on BsgErrorDetails { code bsgCode subject }
    }
  }
`);

const Campaigns = graphql(`
  query Campaigns($taskIds: [ID!]!) {
    campaigns(taskIds: $taskIds) {
      __typename
      ... on Campaign { taskId }
      ... on BsgErrorDetails { subject code }
    }
  }
`);

describe('campaign', () => {
  it("returns the example of BSG's page, typed", async () => {
    const { app } = await startAppOnSandbox();

    expect((await app.query(OneCampaign, { taskId: '5001' })).data.campaign).toEqual({
      __typename: 'Campaign',
      id: '5001',
      taskId: '5001',
      originator: 'alpha_name',
      body: 'message text',
      validity: 72,
      totalPrice: 0.23,
      currency: 'EUR',
      total: null,
      queued: null,
      accepted: null,
      enroute: null,
      sent: 1,
      delivered: 1,
      expired: 0,
      undeliverable: 0,
      unknown: 0,
      pending: 0,
      deliveryRate: 1,
      isFinal: false,
      fetchedAt: expect.stringMatching(/Z$/),
      isStale: false,
    });
  });

  it.each([
    ['5002', { validity: 72, totalPrice: 23, deliveryRate: 0.9, pending: 0, isFinal: false }],
    ['5003', { pending: 375, deliveryRate: 0.6, isFinal: false }],
    ['5004', { pending: 0, unknown: 3, isFinal: false }],
    ['5005', { sent: 0, deliveryRate: null, isFinal: false }],
    ['211', { body: 'a campaign with the number of an SMS' }],
  ])('of the task id %s has what follows from its counters', async (taskId, expected) => {
    const { app } = await startAppOnSandbox();
    expect((await app.query(OneCampaign, { taskId })).data.campaign).toMatchObject({ taskId, ...expected });
  });

  it.each([
    ['404404', 'BsgNotFoundError', 'TASK_NOT_FOUND', 30],
    ['x', 'BsgInvalidRequestError', 'INVALID_TASK_ID', 29],
    ['9002', 'BsgAccessError', 'USER_BLOCKED', 2],
    ['9502', 'BsgUnavailableError', 'BAD_RESPONSE', null],
  ])('of the task id %s is a %s', async (taskId, __typename, code, bsgCode) => {
    const { app } = await startAppOnSandbox();
    const { data } = await app.query(OneCampaign, { taskId });
    expect(data.campaign).toEqual({ __typename, code, bsgCode, subject: taskId });
  });
});

it('the task id with leading zeros is the task id without them', async () => {
  const bsg = await startFakeBsg();
  const app = startApp(bsg.baseUrl, { BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' });

  for (const taskId of ['0006', '6']) {
    expect((await app.query(OneCampaign, { taskId })).data.campaign).toMatchObject({ taskId: '6' });
  }
  expect(bsg.paths).toEqual(['/sms/task/6']);
});

describe('campaigns', () => {
  it('returns the requested order, each looked up once', async () => {
    const bsg = await startFakeBsg();
    const app = startApp(bsg.baseUrl, { BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' });

    const { data } = await app.query(Campaigns, { taskIds: ['2', '1', 'x', '2'] });

    expect(data.campaigns).toEqual([
      { __typename: 'Campaign', taskId: '2' },
      { __typename: 'Campaign', taskId: '1' },
      { __typename: 'BsgInvalidRequestError', subject: 'x', code: 'INVALID_TASK_ID' },
      { __typename: 'Campaign', taskId: '2' },
    ]);
    expect(bsg.paths).toHaveLength(2);
  });

  it('is refused beyond MAX_BATCH_SIZE', async () => {
    const { app } = await startAppOnSandbox();
    const { errors } = await app.query(Campaigns, { taskIds: Array.from({ length: 101 }, String) });
    expect(errors?.[0]?.extensions).toEqual({ code: 'BATCH_TOO_LARGE', size: 101, maxBatchSize: 100 });
  });
});
