import { expect, it } from 'vitest';
import { isFinalSms, type Sms, statusOf } from '../../src/bsg/sms.ts';

it.each([
  ['scheduled', false],
  ['moderation', false],
  ['accepted', false],
  ['sending', false],
  ['sent', false],
  ['delivered', true],
  ['expired', true],
  ['undeliverable', true],
  ['rejected', true],
  ['unknown', false],
  ['teleported', false],
])('%s: final is %s', (word, isFinal) => {
  const sms: Sms = {
    kind: 'sms',
    id: '1',
    reference: null,
    msisdn: null,
    status: statusOf(word),
    statusText: word,
    timeIn: null,
    timeSent: null,
    timeDr: null,
    price: null,
    currency: null,
    fetchedAt: '2026-01-01T00:00:00Z',
  };
  expect(isFinalSms(sms)).toBe(isFinal);
});
