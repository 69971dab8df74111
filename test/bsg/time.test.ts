import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeReader } from '../../src/bsg/time.ts';

describe('a time of BSG', () => {
  it.each([
    ['UTC', '2017-01-17 09:11:41', '2017-01-17T09:11:41Z'],
    ['Europe/Kyiv', '2017-01-17 09:11:41', '2017-01-17T07:11:41Z'],
    ['Europe/Kyiv', '2017-07-17 09:11:41', '2017-07-17T06:11:41Z'],
    ['Asia/Kathmandu', '2017-01-17 09:11:41', '2017-01-17T03:26:41Z'],
    // The clock goes from 03:00 to 04:00, and from 04:00 back to 03:00.
    ['Europe/Kyiv', '2017-03-26 03:30:00', '2017-03-26T01:30:00Z'],
    ['Europe/Kyiv', '2017-10-29 03:30:00', '2017-10-29T00:30:00Z'],
  ])('in %s reads %s as %s', (timezone, wireTime, expected) => {
    expect(createTimeReader(timezone)(wireTime)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    '',
    '0000-00-00 00:00:00',
    '2017-02-30 10:00:00',
    '2017-01-17 25:00:00',
    '2017-01-17',
    '2017-01-17T09:11:41Z',
    '2017-01-17 09:11:41+02:00',
    'soon',
    1_484_644_301,
    {},
  ])('is no time as %j', (wireTime) => {
    expect(createTimeReader('UTC')(wireTime)).toBeNull();
  });

  it('names the moment that it was written at, in every zone', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Kyiv', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Hong_Kong');
    const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, moments, (timeZone, moment) => {
        const written = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
        const wireTime = written.format(moment);
        const read = createTimeReader(timeZone)(wireTime);
        // Written again it is the same, though an hour that the clock repeats names two moments.
        expect(read).not.toBeNull();
        expect(written.format(new Date(String(read)))).toBe(wireTime);
      }),
    );
  });
});
