/** V8 copies shorter parts. */
const MIN_REFERENCE_LENGTH = 13;

/**
 * An id with memory of its own. V8 keeps a part of a text as a reference into the whole, so that an id which is cached
 * would keep the query that it was sent in.
 */
export function ownText(id: string): string {
  return id.length < MIN_REFERENCE_LENGTH ? id : Buffer.from(id).toString();
}
