import { describe, expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { startFakeBsg } from '../helpers/fake-bsg.ts';
import { listen } from '../helpers/http.ts';
import { AUTH_TOKENS, TOKENS } from '../helpers/secrets.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const forbidden = (path: readonly (string | number)[]) =>
  expect.objectContaining({
    path,
    message: expect.stringContaining('bsg:personal'),
    extensions: { code: 'FORBIDDEN' },
  });

async function startWithTokens() {
  return startApp((await startFakeBsg()).baseUrl, { AUTH_TOKENS });
}

describe('personal data', () => {
  const query = `{
    sms(id: "1") { ... on Sms { id msisdn status } }
    campaign(taskId: "2") { ... on Campaign { body originator sent } }
  }`;

  it('is returned to callers with the scope', async () => {
    const app = await startWithTokens();
    expect(await app.query(query, {}, bearer(TOKENS.personal))).toEqual({
      data: {
        sms: { id: '1', msisdn: '380972000001', status: 'DELIVERED' },
        campaign: { body: 'message text', originator: 'alpha_name', sent: 1 },
      },
    });
  });

  it('is null for others, with one error, and nothing else is affected', async () => {
    const app = await startWithTokens();
    expect(await app.query(query, {}, bearer(TOKENS.plain))).toEqual({
      data: {
        sms: { id: '1', msisdn: null, status: 'DELIVERED' },
        campaign: { body: null, originator: 'alpha_name', sent: 1 },
      },
      errors: [forbidden(['sms', 'msisdn'])],
    });
  });

  it('is one error per response however many messages are requested, compiled or not', async () => {
    const app = await startWithTokens();
    const ids = Array.from({ length: 100 }, (_, i) => String(i + 1));
    const batch = 'query ($ids: [ID!]) { smsBatch(ids: $ids) { found { msisdn } } }';
    for (let use = 1; use <= 5; use++) {
      const { data, errors } = await app.query(batch, { ids }, bearer(TOKENS.plain));
      expect(data).toEqual({ smsBatch: { found: ids.map(() => ({ msisdn: null })) } });
      expect(errors).toEqual([forbidden(['smsBatch', 'found', 0, 'msisdn'])]);
    }
  });

  it('is withheld by caller, also in concurrent requests', async () => {
    const app = await startWithTokens();
    const read = '{ sms(id: "1") { ... on Sms { msisdn } } }';
    const answers = await Promise.all(
      [TOKENS.plain, TOKENS.personal, TOKENS.plain].map((token) => app.query(read, {}, bearer(token))),
    );
    expect(answers.map(({ errors }) => errors?.length ?? 0)).toEqual([1, 0, 1]);
  });

  it('is withheld from gateways and subscribers in the same way', async () => {
    const app = await startWithTokens();
    expect(
      await app.query(
        '{ _entities(representations: [{ __typename: "Sms", id: "1" }, { __typename: "Sms", id: "2" }]) { ... on Sms { id msisdn } } }',
        {},
        bearer(TOKENS.plain),
      ),
    ).toEqual({
      data: {
        _entities: [
          { id: '1', msisdn: null },
          { id: '2', msisdn: null },
        ],
      },
      errors: [forbidden(['_entities', 0, 'msisdn'])],
    });

    const stream = await fetch(
      `${await listen(app.listener)}/graphql?query=${encodeURIComponent('subscription { smsUpdates(ids: ["1", "2"]) { ... on Sms { msisdn } } }')}`,
      { headers: { accept: 'text/event-stream', ...bearer(TOKENS.plain) } },
    );
    const events = (await stream.text()).split('\n').filter((line) => line.startsWith('data: {'));
    expect(events).toHaveLength(2);
    for (const event of events) {
      expect(JSON.parse(event.slice('data: '.length))).toEqual({
        data: { smsUpdates: { msisdn: null } },
        errors: [forbidden(['smsUpdates', 'msisdn'])],
      });
    }
  });

  it('is returned to anyone without authentication', async () => {
    const app = startApp((await startFakeBsg()).baseUrl, { AUTH: 'none' });
    expect(await app.query('{ sms(id: "1") { ... on Sms { msisdn } } }')).toEqual({
      data: { sms: { msisdn: '380972000001' } },
    });
  });
});
