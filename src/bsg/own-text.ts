/** V8 copies shorter parts, and shorter sums. */
const MIN_REFERENCE_LENGTH = 13;

/**
 * A text with memory of its own. V8 keeps a part of a text as a reference into the whole, so that an id which is cached would
 * keep the query that it was sent in; and a text that was put together as its parts, which for a time take three times as much.
 */
export function ownText(text: string): string {
  // `join` writes a new text, in a third of the time that a `Buffer` takes.
  return text.length < MIN_REFERENCE_LENGTH ? text : [text.slice(0, 1), text.slice(1)].join('');
}
