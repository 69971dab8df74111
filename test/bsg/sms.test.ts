import { expect, it } from 'vitest';
import { isFinalSms } from '../../src/bsg/sms.ts';
import { smsWith } from '../helpers/sms.ts';

/** From the words of BSG's three dialects, not from the table under test. */
it.each([
  ['scheduled', 'SCHEDULED', false],
  ['new', 'NEW', false],
  ['waiting', 'WAITING', false],
  ['moderation', 'MODERATION', false],
  ['accepted', 'ACCEPTED', false],
  ['sending', 'SENDING', false],
  ['sent', 'SENT', false],
  ['delivered', 'DELIVERED', true],
  ['read', 'READ', true],
  ['expired', 'EXPIRED', true],
  ['undeliverable', 'UNDELIVERABLE', true],
  ['undelivered', 'UNDELIVERABLE', true],
  ['rejected', 'REJECTED', true],
  ['failed', 'FAILED', true],
  ['deleted', 'DELETED', true],
  ['unknown', 'UNKNOWN', false],
  ['teleported', 'UNRECOGNIZED', false],
  ['constructor', 'UNRECOGNIZED', false],
])("BSG's word %s, in any case, is the status %s, and final: %s", (word, status, isFinal) => {
  for (const written of [word, word.toUpperCase()]) {
    expect(smsWith(written)).toMatchObject({ status, statusText: written });
    expect(isFinalSms(smsWith(written))).toBe(isFinal);
  }
});
