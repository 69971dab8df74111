/** Reads the JSON of BSG's responses, without loss and without the key. */
import { parse as parseLossless } from 'lossless-json';
import { ownText } from './own-text.ts';

/** A JSON object of BSG, with values of unknown type. */
export type WireObject = Readonly<Record<string, unknown>>;

/** Reads a JSON object; null for anything else. */
export type ReadJson = (body: string) => WireObject | null;

/** A shorter key is no secret, and may be part of any text. */
const MIN_SECRET_LENGTH = 8;

/**
 * A number that may be another text in JavaScript, or what looks like one within a text: with 16 characters or more, an exponent,
 * a zero at its end, or so small that JavaScript writes an exponent; and -0.
 */
const LOSSY_NUMBER = /[[:,]\s*(?:-?(?:[\d.]{16}|[\d.]+(?:e|(?<=\.\d*0)(?![\d.]))|0\.0{6})|-0(?![\d.]))/i;

/**
 * A reader that replaces the API key in whatever BSG says. `JSON.parse` reads a body whose numbers are the same text in
 * JavaScript. Otherwise numbers are returned as text: a 20-digit id would not survive as a number, nor the zeros of a price.
 */
export function createJsonReader(apiKey: string): ReadJson {
  const mayHaveKey = (body: string) =>
    // An escape can write any character of the key.
    apiKey.length >= MIN_SECRET_LENGTH && (body.includes('\\') || body.includes(apiKey));

  return (body) => {
    try {
      const isSecret = mayHaveKey(body);
      // With a number as text of its own, as a cached id would keep the whole body.
      const json = isSecret || LOSSY_NUMBER.test(body) ? parseLossless(body, undefined, ownText) : JSON.parse(body);
      return isObject(json) ? (isSecret ? redact(json, apiKey) : json) : null;
    } catch {
      return null;
    }
  };
}

function isObject(json: unknown): json is WireObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function redact<Json>(json: Json, apiKey: string): Json {
  const redactValue = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(apiKey, '(key)');
    if (Array.isArray(value)) return value.map(redactValue);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, redactValue(each)]));
  };
  return redactValue(json) as Json;
}
