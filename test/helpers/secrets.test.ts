import { expect, it } from 'vitest';
import { expectNothingPersonal } from './secrets.ts';

it.each(['{"msisdn":"380972000001"}', '/sms/380972000001?x', 'sent to 380972000001.'])(
  'finds the phone number in %s',
  (text) => {
    expect(() => expectNothingPersonal(text)).toThrow();
  },
);

it.each(['{"requestId":"0f8fad5b-d9cb-469f-a165-380972000001"}', '{"durationMs":12.380972000001}', 'a380972000001'])(
  'takes the random digits in %s for none',
  (text) => {
    expect(() => expectNothingPersonal(text)).not.toThrow();
  },
);
