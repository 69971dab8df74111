import fc from 'fast-check';
import { parse } from 'lossless-json';
import { describe, expect, it } from 'vitest';
import { createJsonReader } from '../../src/bsg/json.ts';

const KEY = 'live_ab/cd';
const readJson = createJsonReader(KEY);

/** Every number as its text, as far as a decoder can see it. */
function written(json: unknown): unknown {
  if (typeof json === 'number') return String(json);
  if (Array.isArray(json)) return json.map(written);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, written(value)]));
}

const number = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,8})?([eE][+-]?\d{1,2})?$/),
  fc.constantFrom('18446744073709551615', '1.1000000', '-0', '0.0000001', '1e3', '9007199254740993'),
);
const value = fc.oneof(
  number,
  fc
    .oneof(fc.string(), fc.constantFrom('10:00, [1.10, 2', ':007,', '\\', '"', 'é\u2028'))
    .map((text) => JSON.stringify(text)),
  fc.constantFrom('null', 'true', '""'),
);
const list = fc.array(value).map((values) => `[${values.join(' , ')}]`);
const body = fc
  .dictionary(fc.stringMatching(/^[a-z:,]{1,5}$/), fc.oneof(value, list))
  .map((fields) => `{${Object.entries(fields).map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}`);

describe('the JSON of a response', () => {
  it('has every number as BSG wrote it', () => {
    const expected = (text: string) => written(parse(text, undefined, (digits) => digits));
    fc.assert(
      fc.property(body, (text) => {
        expect(written(readJson(text))).toEqual(expected(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['as it is', `"${KEY}"`],
    ['with an escaped slash', '"live_ab\\/cd"'],
    ['with an escaped letter', '"\\u006cive_ab/cd"'],
  ])('never has the key: %s', (_, text) => {
    expect(readJson(`{"errorDescription":${text},"list":[{"deep":${text}}]}`)).toEqual({
      errorDescription: '(key)',
      list: [{ deep: '(key)' }],
    });
  });

  it('keeps what a key of a few characters is part of', () => {
    expect(createJsonReader('live_1')('{"status":"live_1"}')).toEqual({ status: 'live_1' });
  });

  it.each(['', '[]', '[{}]', '"text"', '7', 'null', '{"a":1', '{"a":1}}', '<html>'])(
    'is an object: %j is not',
    (text) => {
      expect(readJson(text)).toBeNull();
    },
  );
});
