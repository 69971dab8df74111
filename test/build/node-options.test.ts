import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { startOptions } from '../helpers/start-options.ts';

/** The options between `node` and the program, wherever a text starts the server. */
function nodeOptionsIn(text: string): string[] {
  return [...text.matchAll(/\bnode((?: --\S+)*) dist\/main\.js/g)].map(([, options = '']) => options.trim());
}

it('the image, npm start, npm run sandbox and the page on deployment start Node with the same options', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const options = startOptions().join(' ');
  expect(options).toContain('--max-semi-space-size');
  expect(nodeOptionsIn(scripts.sandbox)).toEqual([options]);
  expect(new Set(nodeOptionsIn(readFileSync('docs/deploy.md', 'utf8')))).toEqual(new Set([options]));

  const image = readFileSync('Dockerfile', 'utf8');
  const [, entryPoint = ''] = /^ENTRYPOINT (.*)$/m.exec(image) ?? [];
  expect(JSON.parse(entryPoint)).toEqual(['node', ...options.split(' '), 'dist/main.js']);
  // V8 rejects what it compiled with others.
  expect(nodeOptionsIn(image)).toEqual([options]);
});
