import { describe, expect, it, vi } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { fakeClock } from '../helpers/clock.ts';
import { knowsAll, type Respond, sendJson, startFakeBsg } from '../helpers/fake-bsg.ts';

const TIME_IN = '2017-01-17T09:11:41Z';
const withTimeIn = (ids: readonly string[]) =>
  `{ smsBatch(ids: ${JSON.stringify(ids)}) { found { id timeIn } statusCounts { count } } }`;
const withoutTimeIn = (ids: readonly string[]) => `{ smsBatch(ids: ${JSON.stringify(ids)}) { found { id } } }`;

interface Data {
  readonly smsBatch: { readonly found: readonly { readonly id: string; readonly timeIn?: string | null }[] };
}

async function start(
  respond: Respond = knowsAll({ status: 'sent' }),
  environment: Readonly<Record<string, string>> = {},
) {
  const bsg = await startFakeBsg(respond);
  const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0', ...environment });
  return { bsg, query: (text: string) => app.query<Data, object>(text) };
}

describe('timeIn', () => {
  it('takes a request of its own where a mass answer does not say it, and none from then on', async () => {
    fakeClock();
    const { bsg, query } = await start();

    for (const requests of [3, 4]) {
      const { data, errors } = await query(withTimeIn(['1', '2']));
      expect(errors).toBeUndefined();
      expect(data.smsBatch.found).toEqual([
        { id: '1', timeIn: TIME_IN },
        { id: '2', timeIn: TIME_IN },
      ]);
      expect(bsg.paths).toHaveLength(requests);
      vi.advanceTimersByTime(3_000);
    }
    expect(bsg.paths.toSorted()).toEqual(['/sms/1', '/sms/2', '/sms/getStatus', '/sms/getStatus']);
  });

  it('costs nothing where it is not selected, or where the message was fetched on its own', async () => {
    fakeClock();
    const { bsg, query } = await start();
    await query(withoutTimeIn(['1', '2']));
    expect(bsg.paths).toEqual(['/sms/getStatus']);

    vi.advanceTimersByTime(3_000);
    expect((await query(withTimeIn(['1']))).data.smsBatch.found).toEqual([{ id: '1', timeIn: TIME_IN }]);
    vi.advanceTimersByTime(3_000);
    await query(withoutTimeIn(['1', '2']));
    expect((await query(withTimeIn(['1']))).data.smsBatch.found).toEqual([{ id: '1', timeIn: TIME_IN }]);
    expect(bsg.paths).toEqual(['/sms/getStatus', '/sms/1', '/sms/getStatus']);
  });

  it('that BSG leaves empty is null without a further request', async () => {
    const { bsg, query } = await start(knowsAll({ time_in: null }));
    expect((await query(withTimeIn(['1']))).data.smsBatch.found).toEqual([{ id: '1', timeIn: null }]);
    expect(bsg.paths).toEqual(['/sms/1']);
  });

  it('is not fetched again once it is known, be it empty, however long the cache keeps statuses', async () => {
    fakeClock();
    const { bsg, query } = await start(knowsAll({ status: 'sent', time_in: '' }), {
      CACHE_FINAL_TTL_MS: '0',
      CACHE_TTL_MS: '0',
    });

    for (let i = 0; i < 3; i++) {
      expect((await query(withTimeIn(['1', '2']))).data.smsBatch.found).toEqual([
        { id: '1', timeIn: null },
        { id: '2', timeIn: null },
      ]);
      vi.advanceTimersByTime(60_000);
    }
    expect([bsg.count('sms'), bsg.count('getStatus')]).toEqual([2, 3]);
  });

  it('whose request fails is null with an error, and nothing else of the message is touched', async () => {
    const others = knowsAll({ status: 'sent' });
    const { query } = await start((request, response) =>
      request.url === '/sms/2' ? sendJson(response, { error: 1 }) : others(request, response),
    );

    const { data, errors } = await query(withTimeIn(['1', '2']));

    expect(data.smsBatch.found).toEqual([
      { id: '1', timeIn: TIME_IN },
      { id: '2', timeIn: null },
    ]);
    expect(errors).toMatchObject([
      { path: ['smsBatch', 'found', 1, 'timeIn'], extensions: { code: 'INVALID_API_KEY', subject: '2' } },
    ]);
  });
});
