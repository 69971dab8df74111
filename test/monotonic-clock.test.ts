import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startApp } from './helpers/app.ts';
import { fakeClock } from './helpers/clock.ts';
import { hangs, knowsAll, startFakeBsg } from './helpers/fake-bsg.ts';
import { listen, subscribe } from './helpers/http.ts';

const HOUR_MS = 3_600_000;
const statusOf = (id: number) => `{ sms(id: "${id}") { ... on Sms { status } ... on BsgErrorDetails { code } } }`;

/** Moves the time of day back, as an administrator or NTP does; time goes on. */
function setBackAnHour(): void {
  vi.setSystemTime(Date.now() - HOUR_MS);
}

describe('a clock that is set back by an hour', () => {
  it('keeps no status fresh for longer', async () => {
    fakeClock();
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl, { CACHE_TTL_MS: '2000' });
    await app.query(statusOf(1));
    setBackAnHour();
    bsg.respond = knowsAll();

    expect(await app.query(statusOf(1))).toEqual({ data: { sms: { status: 'SENT' } } });
    vi.advanceTimersByTime(2_001);
    expect(await app.query(statusOf(1))).toEqual({ data: { sms: { status: 'DELIVERED' } } });
  });

  it('keeps the circuit breaker open for no longer', async () => {
    fakeClock();
    const bsg = await startFakeBsg(hangs);
    const app = startApp(bsg.baseUrl, { BSG_RETRIES: '0' });
    bsg.respond = (request) => request.socket.destroy();
    for (let id = 1; id <= 10; id++) await app.query(statusOf(id));
    const requests = bsg.paths.length;
    await app.query(statusOf(11));
    expect(bsg.paths).toHaveLength(requests);

    setBackAnHour();
    bsg.respond = knowsAll();
    vi.advanceTimersByTime(5_001);

    expect(await app.query(statusOf(11))).toEqual({ data: { sms: { status: 'DELIVERED' } } });
  });

  it('delays no poll of a subscription', async () => {
    const { now } = Date;
    let setBackMs = 0;
    vi.spyOn(Date, 'now').mockImplementation(() => now() - setBackMs);
    onTestFinished(() => void vi.restoreAllMocks());
    const bsg = await startFakeBsg(knowsAll({ status: 'sent' }));
    const app = startApp(bsg.baseUrl, { LIVE_INTERVAL_MS: '100', CACHE_TTL_MS: '0' });
    const query = 'subscription { smsUpdates(ids: ["1"]) { ... on Sms { status } } }';
    const updates = subscribe(await listen(app.listener), query);
    expect(await updates.next()).toEqual({ smsUpdates: { status: 'SENT' } });

    setBackMs = HOUR_MS;
    bsg.respond = knowsAll();

    expect(await updates.rest()).toEqual([{ smsUpdates: { status: 'DELIVERED' } }]);
  });

  it('makes no caller wait for longer than a window of the rate limit', async () => {
    fakeClock();
    const app = startApp((await startFakeBsg(knowsAll())).baseUrl, { RATE_LIMIT: '1' });
    await app.query(statusOf(1));
    setBackAnHour();

    const { errors } = await app.query(statusOf(2));
    expect(errors?.[0]?.extensions?.['retryAfter']).toBeLessThanOrEqual(60);
  });
});
