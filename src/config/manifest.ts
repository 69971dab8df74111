import { readFileSync } from 'node:fs';
import { parse as parseGraphql } from 'graphql';
import { parse as parseJson } from 'lossless-json';
import { z } from 'zod';

/** GraphQL over HTTP puts it before hashes; builds and clients differ in whether they do. */
const DIGEST_NAME = 'sha256:';

/** What Apollo's `generate-persisted-query-manifest` writes. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

/** What GraphQL Code Generator's client preset and `relay-compiler` write. */
const plainManifest = z.record(z.string(), z.string());

/**
 * Reads a manifest of trusted documents, in the format of GraphQL Code Generator, Relay or Apollo. Returns each document by its
 * hash, with `sha256:` before it and without.
 *
 * @throws {Error} says what is wrong with it.
 */
export function readManifest(path: string): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const [key, document] of entriesOf(readJson(path))) {
    const hash = key.startsWith(DIGEST_NAME) ? key.slice(DIGEST_NAME.length) : key;
    if (hash === '') throw new Error('a document of the manifest has an empty key');
    if ((documents.get(hash) ?? document) !== document) throw new Error(`two documents have the key ${key}`);
    validateDocument(key, document);
    documents.set(hash, document).set(`${DIGEST_NAME}${hash}`, document);
  }
  return documents;
}

/** Unlike `JSON.parse`, refuses an object that has a key twice. */
function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new Error('no such file; expected the path of a manifest, a JSON object of queries by their hashes');
  }
  try {
    return parseJson(text, undefined, Number);
  } catch (error) {
    throw new Error(`not a manifest; ${(error as Error).message}`);
  }
}

function entriesOf(json: unknown): readonly (readonly [string, string])[] {
  const apollo = apolloManifest.safeParse(json);
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => [id, body]);
  const plain = plainManifest.safeParse(json);
  if (plain.success) return Object.entries(plain.data);
  throw new Error("not a manifest; expected a JSON object of queries by their hashes, or Apollo's format");
}

function validateDocument(key: string, document: string): void {
  try {
    parseGraphql(document);
  } catch (error) {
    throw new Error(`the document with the key ${key} does not parse: ${(error as Error).message}`);
  }
}
