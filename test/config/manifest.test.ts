import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readManifest } from '../../src/config/manifest.ts';
import { configErrorOf } from '../helpers/config-error.ts';

const document = 'query A { __typename }';
const other = 'query B { __typename }';

/** Writes a manifest; returns its path. */
function write(manifest: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'manifest-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'manifest.json');
  writeFileSync(path, typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return path;
}

const ofApollo = (...operations: readonly object[]) => ({
  format: 'apollo-persisted-query-manifest',
  version: 1,
  operations,
});

describe('a manifest of trusted documents', () => {
  it.each([
    ['GraphQL Code Generator 5, by bare hashes', { abc: document }],
    ['GraphQL Code Generator 6, by hashes with the name of their digest', { 'sha256:abc': document }],
    ['both, for one document', { 'sha256:abc': document, abc: document }],
    ['Apollo', ofApollo({ id: 'abc', name: 'A', type: 'query', body: document })],
  ])('may be one of %s', (_, manifest) => {
    const documents = readManifest(write(manifest));
    expect(documents.get('abc')).toBe(document);
    expect(documents.get('sha256:abc')).toBe(document);
    expect(documents.get('abcd')).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['is no JSON', '{', 'not a manifest; '],
    ['is a list', [document], 'not a manifest; expected a JSON object'],
    ['has an empty key', { '': document }, 'an empty key'],
    ['has a key that is empty after sha256:', { 'sha256:': document }, 'an empty key'],
    ['has a document that is no text', { abc: { document } }, 'not a manifest; expected a JSON object'],
    ['of Apollo has an id that is no text', ofApollo({ id: 7, body: document }), 'not a manifest; expected'],
    ['of Apollo has no text of a document', ofApollo({ id: 'abc' }), 'not a manifest; expected'],
    ['has two documents under one key', `{"abc":"${document}","abc":"${other}"}`, "Duplicate key 'abc'"],
    [
      'has two documents under one hash',
      { abc: document, 'sha256:abc': other },
      'two documents have the key sha256:abc',
    ],
    [
      'of Apollo has two documents under one id',
      ofApollo({ id: 'abc', body: document }, { id: 'abc', body: other }),
      'two documents have the key abc',
    ],
    ['has a document that does not parse', { abc: 'query {' }, 'the document with the key abc does not parse: Syntax'],
  ])('that %s stops the start with a message', (_, manifest, message) => {
    const error = configErrorOf({ PERSISTED_OPERATIONS: write(manifest) });
    expect(error).toMatch(/^ {2}PERSISTED_OPERATIONS is ".*": /m);
    expect(error).toContain(message);
  });

  it.each([
    ['nowhere.json', 'no such file'],
    ['package.json', 'not a manifest'],
    ['README.md', 'not a manifest'],
  ])('is not %s: %s', (path, reason) => {
    expect(configErrorOf({ PERSISTED_OPERATIONS: path })).toContain(`PERSISTED_OPERATIONS is "${path}": ${reason}`);
  });
});
