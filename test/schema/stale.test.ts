import { expect, it, vi } from 'vitest';
import { graphql } from '../gql/index.ts';
import { startApp, type TestApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { isDown, knowsAll, startFakeBsg } from '../helpers/fake-bsg.ts';

const Staleness = graphql(`
  query Staleness($ids: [ID!], $references: [String!], $taskId: ID!) {
    smsBatch(ids: $ids, references: $references) {
      found { id isStale }
    }
    campaign(taskId: $taskId) {
      ... on Campaign { isStale }
    }
  }
`);

const SmsStaleness = graphql(`
  query SmsStaleness($id: ID!) {
    sms(id: $id) {
      ... on Sms { isStale fetchedAt }
    }
  }
`);

/** A server that has read two messages and a campaign, the first message by reference as well; more than their TTL ago. */
async function startWithOldAnswers() {
  fakeClock();
  const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
  const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0', BSG_CAMPAIGN_PATH: '/sms/task/{task_id}' });
  expect(await read(app)).toEqual({
    messages: [
      ['1', false],
      ['2', false],
    ],
    campaign: false,
  });
  vi.advanceTimersByTime(3_000);
  return { bsg, app };
}

async function read(app: TestApp) {
  const { data } = await app.query(Staleness, { ids: ['1', '2'], references: ['ref_1'], taskId: '6' });
  return {
    messages: data.smsBatch.found.map(({ id, isStale }) => [id, isStale]),
    campaign: 'isStale' in data.campaign && data.campaign.isStale,
  };
}

it('messages and campaigns are stale where BSG cannot be reached, and not before or after', async () => {
  const { bsg, app } = await startWithOldAnswers();

  bsg.respond = isDown;
  for (let time = 1; time <= 2; time++) {
    expect(await read(app)).toEqual({
      messages: [
        ['1', true],
        ['2', true],
      ],
      campaign: true,
    });
  }
  bsg.respond = knowsAll({ status: 'sent' });
  expect(await read(app)).toEqual({
    messages: [
      ['1', false],
      ['2', false],
    ],
    campaign: false,
  });
});

it('only those messages of a batch are stale that had to be fetched', async () => {
  const { bsg, app } = await startWithOldAnswers();
  await app.query(SmsStaleness, { id: '2' });

  bsg.respond = isDown;
  expect((await read(app)).messages).toEqual([
    ['1', true],
    ['2', false],
  ]);
});
