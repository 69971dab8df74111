/** Readers for JSON of unknown shape. */

/** A JSON object, with values of unknown type. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether it is an object, not an array or null. */
export function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** Parses JSON; undefined for a text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text, or a number as text; anything else is empty. */
export function toText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
