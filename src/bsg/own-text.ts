/**
 * A copy of an id with memory of its own. V8 keeps a part of a text as a reference into the whole, so that an id which is cached
 * would keep the query that it was sent in.
 */
export function ownText(id: string): string {
  return Buffer.from(id).toString();
}
