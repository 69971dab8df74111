import { expect, it } from 'vitest';
import { isFinalSms } from '../../src/bsg/sms.ts';
import { smsWith } from '../helpers/sms.ts';

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
  expect(isFinalSms(smsWith(word))).toBe(isFinal);
});
