import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { keyOf } from '../../src/bsg/resource.ts';
import { smsById } from '../../src/bsg/resources/sms.ts';
import type { PollListener } from '../../src/live/pollers.ts';
import { Stream, type StreamOptions } from '../../src/live/stream.ts';
import { createTurns } from '../../src/live/turns.ts';

const [one, two] = [keyOf(smsById, '1'), keyOf(smsById, '2')];

/** Pollers whose listeners receive what the test sends. */
function fakePollers() {
  const listeners = new Map<string, PollListener>();
  const hooks: string[] = [];
  const options: StreamOptions = {
    pollers: {
      listen: ({ text }, listener) => void listeners.set(text, listener as PollListener),
      unlisten: ({ text }) => void listeners.delete(text),
    },
    turns: createTurns(),
    onOpen: () => void hooks.push('open'),
    onClose: () => void hooks.push('close'),
  };
  return { options, listeners, hooks };
}

const state = (subject: string) => failure('UNKNOWN_ERROR', subject);

it('a stream keeps no more for a slow reader than the latest state of each key', async () => {
  const { options, listeners } = fakePollers();
  const stream = new Stream([one, two], options);
  const first = stream.next();
  listeners.get('sms:1')?.onState(one, state('first'));
  expect(await first).toMatchObject({ value: { subject: 'first' } });
  for (let i = 0; i < 10_000; i++) {
    listeners.get('sms:1')?.onState(one, state(`one ${i}`));
    listeners.get('sms:2')?.onState(two, state(`two ${i}`));
  }

  const read = [(await stream.next()).value, (await stream.next()).value];
  expect(read).toMatchObject([{ subject: 'one 9999' }, { subject: 'two 9999' }]);
  const waiting = stream.next();
  listeners.get('sms:1')?.onState(one, state('one more'));
  expect(await waiting).toMatchObject({ value: { subject: 'one more' } });
});

it('a stream delivers unread states before it completes', async () => {
  const { options, listeners, hooks } = fakePollers();
  const stream = new Stream([one, one], options);
  const first = stream.next();
  listeners.get('sms:1')?.onState(one, state('first'));
  expect(await first).toMatchObject({ done: false, value: { subject: 'first' } });
  listeners.get('sms:1')?.onState(one, state('last'));
  listeners.get('sms:1')?.onEnd(one);

  expect(await stream.next()).toMatchObject({ done: false, value: { subject: 'last' } });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  expect(hooks).toEqual(['open', 'close']);
});

it('a stream completes a pending read when its reader leaves', async () => {
  const { options, listeners } = fakePollers();
  const stream = new Stream([one], options);
  const waiting = stream.next();

  await stream.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});

it('a stream that nobody reads listens to nothing', async () => {
  const { options, listeners, hooks } = fakePollers();
  const stream = new Stream([one], options);

  await stream.return?.();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
  expect(hooks).toEqual([]);
});
