import { expect, it, vi } from 'vitest';
import type { Answer } from '../../src/bsg/answer.ts';
import { failure } from '../../src/bsg/failure.ts';
import { createBreaker } from '../../src/statuses/breaker.ts';
import { fakeClock } from '../helpers/clock.ts';

const down = failure('NETWORK', '1');
const there = failure('SMS_NOT_FOUND', '1');

/** A look-up that ends when the test says so. */
function pending() {
  let end: (answer: Answer) => void = () => {};
  const answer = new Promise<Answer>((resolve) => {
    end = resolve;
  });
  return { ask: () => answer, end };
}

async function startOpen() {
  fakeClock();
  const changes: boolean[] = [];
  const breaker = createBreaker({ failuresInARow: 3, probeAfterMs: 1_000, onChange: (isOpen) => changes.push(isOpen) });
  const stragglers = [pending(), pending(), pending(), pending()];
  const straggling = stragglers.map(({ ask }) => breaker.ask('1', false, ask));
  for (let i = 0; i < 3; i++) await breaker.ask('1', false, async () => down);
  return { breaker, changes, stragglers, straggling };
}

it('does not count against BSG what was asked before it was known to be down', async () => {
  const { breaker, changes, stragglers, straggling } = await startOpen();
  vi.advanceTimersByTime(1_000);
  const probe = pending();
  const probing = breaker.ask('1', false, probe.ask);

  for (const { end } of stragglers) end(down);
  expect(await Promise.all(straggling)).toEqual([down, down, down, down]);
  probe.end(there);
  expect(await probing).toBe(there);

  expect(breaker.isOpen).toBe(false);
  expect(changes).toEqual([true, false]);
});

it('lets whoever has a stand-in go at once while it probes', async () => {
  const { breaker } = await startOpen();
  expect(breaker.refusal('7')).toMatchObject({ code: 'NETWORK', subject: '7', retryAfterSeconds: 1 });
  vi.advanceTimersByTime(1_000);
  expect(breaker.refusal('7')).toBeNull();
  const probe = pending();
  const probing = breaker.ask('1', false, probe.ask);

  let isAsked = false;
  const refused = await breaker.ask('7', true, async () => {
    isAsked = true;
    return there;
  });
  expect([isAsked, refused]).toMatchObject([false, { code: 'NETWORK', subject: '7' }]);
  probe.end(there);
  await probing;
});

it('is tried again after five minutes, however long BSG said to wait', async () => {
  fakeClock();
  const breaker = createBreaker({ failuresInARow: 1, probeAfterMs: 1_000 });
  await breaker.ask('1', false, async () => failure('RATE_LIMITED', '1', { retryAfterSeconds: 999_999_999 }));
  expect(breaker.refusal('1')).toMatchObject({ retryAfterSeconds: 300 });
  vi.advanceTimersByTime(300_000);
  expect(await breaker.ask('1', false, async () => there)).toBe(there);
});
