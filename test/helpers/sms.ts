import { type Sms, statusOf } from '../../src/bsg/sms.ts';

/** A message of which nothing is known but BSG's word for its status. */
export function smsWith(word: string): Sms {
  const nothing = {
    reference: null,
    msisdn: null,
    timeIn: null,
    timeSent: null,
    timeDr: null,
    priceText: null,
    currency: null,
  };
  return { kind: 'sms', id: '1', ...nothing, status: statusOf(word), statusText: word, fetchedAt: '' };
}
