import { expect, it } from 'vitest';
import { failure } from '../../src/bsg/failure.ts';
import { createStream } from '../../src/live/streams.ts';
import type { WatchListener } from '../../src/live/watches.ts';

/** Watches that say what the test tells them to. */
function fakeWatches() {
  const listeners = new Map<string, WatchListener>();
  const watches = {
    listen(key: string, listener: WatchListener) {
      listeners.set(key, listener);
      return () => void listeners.delete(key);
    },
    hear: () => {},
    dispose: () => {},
  };
  return { watches, listeners };
}

const state = (subject: string) => failure('UNKNOWN_ERROR', subject);

it('keeps no more for a slow reader than the latest state of each key', async () => {
  const { watches, listeners } = fakeWatches();
  const stream = createStream(watches, ['sms:1', 'sms:2'], { onOpen: () => {}, onClose: () => {} });
  const first = stream.next();
  listeners.get('sms:1')?.onState('sms:1', state('first'));
  expect(await first).toMatchObject({ value: { subject: 'first' } });
  for (let i = 0; i < 10_000; i++) {
    listeners.get('sms:1')?.onState('sms:1', state(`one ${i}`));
    listeners.get('sms:2')?.onState('sms:2', state(`two ${i}`));
  }

  const read = [(await stream.next()).value, (await stream.next()).value];
  expect(read).toMatchObject([{ subject: 'one 9999' }, { subject: 'two 9999' }]);
  const waiting = stream.next();
  listeners.get('sms:1')?.onState('sms:1', state('one more'));
  expect(await waiting).toMatchObject({ value: { subject: 'one more' } });
});

it('gives what is unread before it is over', async () => {
  const { watches, listeners } = fakeWatches();
  const hooks: string[] = [];
  const note = { onOpen: () => void hooks.push('open'), onClose: () => void hooks.push('close') };
  const stream = createStream(watches, ['sms:1', 'sms:1'], note);
  const first = stream.next();
  listeners.get('sms:1')?.onState('sms:1', state('first'));
  listeners.get('sms:1')?.onState('sms:1', state('last'));
  listeners.get('sms:1')?.onEnd('sms:1');

  expect(await first).toMatchObject({ done: false, value: { subject: 'first' } });
  expect(await stream.next()).toMatchObject({ done: false, value: { subject: 'last' } });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  expect(await stream.return?.()).toEqual({ done: true, value: undefined });
  expect(hooks).toEqual(['open', 'close']);
});

it('lets a waiting reader go when it is left', async () => {
  const { watches, listeners } = fakeWatches();
  const stream = createStream(watches, ['sms:1'], { onOpen: () => {}, onClose: () => {} });
  const waiting = stream.next();

  await stream.return?.();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});

it('that nobody reads listens to nothing', async () => {
  const { watches, listeners } = fakeWatches();
  const stream = createStream(watches, ['sms:1'], { onOpen: () => expect.fail(), onClose: () => expect.fail() });

  await stream.return?.();
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(listeners.size).toBe(0);
});
