import { describe, expect, it } from 'vitest';
import { licenceTexts } from '../../src/build/licences.ts';

/** A bundle with this many bytes of each file. */
function bundleOf(inputs: Readonly<Record<string, number>>) {
  const entries = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  return { outputs: { 'dist/main.js': { bytes: 0, exports: [], imports: [], inputs: Object.fromEntries(entries) } } };
}

describe('the licences of a bundle', () => {
  it('list each package that has code in it once', async () => {
    const texts = await licenceTexts(
      bundleOf({
        'src/main.ts': 9,
        'node_modules/graphql/index.js': 5,
        'node_modules/graphql/error/index.js': 5,
        'node_modules/@pothos/core/esm/index.js': 5,
        'node_modules/dataloader/index.js': 0,
      }),
    );
    expect(texts.match(/^\S+@\d.*$/gm)).toEqual([
      expect.stringMatching(/^@pothos\/core@[\d.]+ \(ISC\)$/),
      expect.stringMatching(/^graphql@[\d.]+ \(MIT\)$/),
    ]);
    expect(texts).toContain('Copyright (c) GraphQL Contributors');
  });

  it('name the author of a package without a licence file', async () => {
    const texts = await licenceTexts(bundleOf({ 'node_modules/@whatwg-node/server/esm/index.js': 5 }));
    expect(texts).toMatch(/\nBy \w.*whatwg-node.*\nSee https:\/\/spdx\.org\/licenses\/MIT\.html\n/);
  });

  it('are rejected with the name of every package whose licence is not allowed', async () => {
    const bundle = bundleOf({
      'node_modules/graphql/index.js': 5,
      'node_modules/@apollo/federation-internals/dist/index.js': 5,
      'node_modules/lightningcss/node/index.js': 5,
    });
    await expect(licenceTexts(bundle)).rejects.toThrow(
      /^Licences that are not allowed: @apollo\/federation-internals@[\d.]+ \(Elastic-2\.0\), lightningcss@[\d.]+ \(MPL-2\.0\)$/,
    );
  });
});
