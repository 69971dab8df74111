import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimesReader } from '../../src/bsg/time.ts';

/** One time, of a message that has no other. */
function read(timezone: string, wireTime: unknown): string | null {
  return createTimesReader(timezone)([wireTime, null, null])[0];
}

describe('a time of BSG', () => {
  it.each([
    ['UTC', '2017-01-17 09:11:41', '2017-01-17T09:11:41Z'],
    ['UTC', '2017-01-17 09:11:41.250', '2017-01-17T09:11:41.25Z'],
    ['Europe/Kyiv', '2017-01-17 09:11:41', '2017-01-17T07:11:41Z'],
    ['Europe/Kyiv', '2017-01-17T09:11:41', '2017-01-17T07:11:41Z'],
    ['Europe/Kyiv', '2017-01-17T09:11:41.000000', '2017-01-17T07:11:41Z'],
    ['Europe/Kyiv', '2017-07-17 09:11:41', '2017-07-17T06:11:41Z'],
    ['Asia/Kathmandu', '2017-01-17 09:11:41', '2017-01-17T03:26:41Z'],
    // The clock goes from 03:00 to 04:00, and from 04:00 back to 03:00.
    ['Europe/Kyiv', '2017-03-26 03:30:00', '2017-03-26T01:30:00Z'],
    ['Europe/Kyiv', '2017-10-29 03:30:00', '2017-10-29T00:30:00Z'],
    // With a zone, the zone of BSG's clock is of no account.
    ['Europe/Kyiv', '2024-12-25T10:30:00Z', '2024-12-25T10:30:00Z'],
    ['Europe/Kyiv', '2024-12-25T10:30:00.000000Z', '2024-12-25T10:30:00Z'],
    ['Europe/Kyiv', '2024-12-25T10:30:00.123456789012Z', '2024-12-25T10:30:00.123456789Z'],
    ['Europe/Kyiv', '2024-12-25T10:30:00.5+05:30', '2024-12-25T05:00:00.5Z'],
    ['Europe/Kyiv', '2024-12-25 10:30:00-0800', '2024-12-25T18:30:00Z'],
    ['Europe/Kyiv', '2024-12-25t10:30:00z', '2024-12-25T10:30:00Z'],
  ])('in %s, %s, is %s', (timezone, wireTime, expected) => {
    expect(read(timezone, wireTime)).toBe(expected);
  });

  it.each([
    null,
    undefined,
    '',
    '0000-00-00 00:00:00',
    '0000-00-00T00:00:00.000000Z',
    '2017-02-30 10:00:00',
    '2017-02-30T10:00:00Z',
    '2017-01-17 25:00:00',
    '2017-01-17',
    '2017-01-17T09:11',
    '2017-01-17T09:11:41.Z',
    '2017-01-17T09:11:41+99:00',
    '2017-01-17 09:11:41 UTC',
    '+012017-01-17T09:11:41Z',
    '9999-12-31T23:59:59-08:00',
    'soon',
    1_484_644_301,
    {},
  ])('of %j is null', (wireTime) => {
    expect(read('UTC', wireTime)).toBeNull();
  });

  const zones = fc.constantFrom('UTC', 'Europe/Kyiv', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Hong_Kong');

  /** As a clock in that zone shows the moment. */
  function written(timeZone: string, moment: Date): string {
    return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(moment);
  }

  it('names the moment that it was written at, in every zone', () => {
    const moments = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, moments, (timezone, moment) => {
        const wireTime = written(timezone, moment);
        const time = read(timezone, wireTime);
        // Written again it is the same, though an hour that the clock repeats names two moments.
        expect(time).not.toBeNull();
        expect(written(timezone, new Date(String(time)))).toBe(wireTime);
      }),
    );
  });

  it('is never before one that happens before it, whatever the clock did meanwhile', () => {
    // Around the changes of 2017, to the minute.
    const starts = fc.constantFrom('2017-10-28T20:00Z', '2017-11-05T03:00Z', '2017-04-01T12:00Z', '2017-03-26T00:00Z');
    const minutes = fc.integer({ min: 0, max: 300 });
    fc.assert(
      fc.property(zones, starts, minutes, minutes, minutes, (timezone, start, ...passed) => {
        let atMs = Date.parse(start);
        const wireTimes = passed.map((minute) => {
          atMs += minute * 60_000;
          return written(timezone, new Date(atMs));
        });
        const times = createTimesReader(timezone)([wireTimes[0], wireTimes[1], wireTimes[2]]);
        expect(times.map((time) => written(timezone, new Date(String(time))))).toEqual(wireTimes);
        expect(times).toEqual(times.toSorted());
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    // Kyiv repeats 03:00 to 04:00: the report came in the second of the two hours.
    [
      ['2017-10-29 03:40:00', '2017-10-29 03:50:00', '2017-10-29 03:10:00'],
      ['00:40', '00:50', '01:10'],
    ],
    [
      [null, '2017-10-29 03:50:00', '2017-10-29 03:10:00'],
      [null, '00:50', '01:10'],
    ],
    [
      ['2017-10-29 03:50:00', null, '2017-10-29 03:10:00'],
      ['00:50', null, '01:10'],
    ],
    [
      ['2017-10-29 03:50:00', '2017-10-29 03:10:00', '2017-10-29 03:20:00'],
      ['00:50', '01:10', '01:20'],
    ],
    // Mixed with a zone.
    [
      [null, '2017-10-29T01:05:00Z', '2017-10-29 03:10:00'],
      [null, '01:05', '01:10'],
    ],
    // In no order at all: at least the report is not before the sending.
    [
      ['2017-10-29 05:00:00', '2017-10-29 03:50:00', '2017-10-29 03:10:00'],
      ['03:00', '00:50', '01:10'],
    ],
    // Kyiv skips 03:00 to 04:00.
    [
      [null, '2017-03-26 03:30:00', '2017-03-26 04:10:00'],
      [null, '00:30', '01:10'],
    ],
  ] as const)('as %j is read together with its neighbours', (wireTimes, expected) => {
    const times = createTimesReader('Europe/Kyiv')(wireTimes);
    expect(times.map((time) => time?.slice(11, 16) ?? null)).toEqual(expected);
  });
});
