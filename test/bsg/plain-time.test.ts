import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { createPlainTimeReader } from '../../src/bsg/plain-time.ts';

const ZONES = ['UTC', 'Europe/Kyiv', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns'];

const two = (max: number) => fc.integer({ min: 0, max }).map((number) => String(number).padStart(2, '0'));
const wireTime = fc
  .tuple(fc.integer({ min: 1_000, max: 9_999 }), two(13), two(32), two(24), two(60), two(60), fc.constantFrom(' ', 'T'))
  .map(([year, month, day, hour, minute, second, gap]) => `${year}-${month}-${day}${gap}${hour}:${minute}:${second}`);

/** Times around the two clock changes of a year, as wide as a day. */
const nearClockChange = fc
  .tuple(
    fc.constantFrom('2024-03-31', '2024-10-27', '2024-03-10', '2024-11-03', '2024-04-07', '2024-10-06'),
    two(23),
    two(59),
  )
  .map(([date, hour, minute]) => `${date} ${hour}:${minute}:00`);

/** What Temporal makes of it, where it means one moment alone. */
function temporalOf(text: string, zone: string): string | undefined {
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' });
    const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
      local.toZonedDateTime(zone, { disambiguation }).toInstant().toString(),
    );
    return earlier === later ? earlier : undefined;
  } catch {
    return undefined;
  }
}

describe('a plain time', () => {
  it.each(ZONES)('in %s is what Temporal reads, or is left to it', (zone) => {
    const read = createPlainTimeReader(zone);
    fc.assert(
      fc.property(fc.oneof(wireTime, nearClockChange), (text) => {
        const result = read(text);
        if (result !== undefined) expect(result).toBe(temporalOf(text, zone));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(ZONES)('in %s is read without Temporal but around clock changes', (zone) => {
    expect(createPlainTimeReader(zone)('2024-07-01 12:30:00')).toBe(temporalOf('2024-07-01 12:30:00', zone));
  });

  it.each<[unknown, string | null | undefined]>([
    ['2024-12-25T10:30:00Z', '2024-12-25T10:30:00Z'],
    ['2024-02-30 10:30:00', undefined],
    ['2024-12-25 10:30:60', undefined],
    ['2024-12-25 10:30:00.5', undefined],
    ['2024-12-25T10:30:00+02:00', undefined],
    ['0000-00-00 00:00:00', null],
    ['', null],
    [null, null],
    [undefined, null],
    [1_735_122_600, undefined],
  ])('of %o is %o', (value, expected) => {
    expect(createPlainTimeReader('UTC')(value)).toBe(expected);
  });
});
