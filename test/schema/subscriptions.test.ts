import { expect, it } from 'vitest';
import { startApp } from '../helpers/app.ts';
import { sendJson, startFakeBsg, toMassItem, wireSms } from '../helpers/fake-bsg.ts';
import { listen, subscribe } from '../helpers/http.ts';

it('an event of a subscription reads again what could not be read for the one before', async () => {
  const bsg = await startFakeBsg(({ kind, key, ids }, response) => {
    const sms = (id: string) => wireSms({ id, status });
    if (kind === 'getStatus') sendJson(response, { result: ids.map((id) => toMassItem(sms(id))) });
    else sendJson(response, status === 'scheduled' ? 'down' : sms(key), status === 'scheduled' ? 503 : 200);
  });
  let status = 'scheduled';
  const app = startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0', BSG_RETRIES: '0' });
  const query = 'subscription { smsUpdates(ids: ["1", "2"]) { ... on Sms { id timeIn } } }';
  const updates = subscribe<{ readonly smsUpdates: object }, Record<string, never>>(await listen(app.listener), query);

  await expect(updates.next()).rejects.toThrow('BAD_RESPONSE');
  await expect(updates.next()).rejects.toThrow('BAD_RESPONSE');
  status = 'delivered';
  const timeIn = expect.stringMatching(/^\d{4}-/);
  expect(await updates.rest()).toEqual([{ smsUpdates: { id: '1', timeIn } }, { smsUpdates: { id: '2', timeIn } }]);
});
