/** `npm run build`: makes `dist/`, which is self-contained and needs no `node_modules`. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { printSubgraphSchema } from '@apollo/subgraph';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { schema } from '../schema/index.ts';
import { licenceTexts } from './licences.ts';

/**
 * Prints the schema at build time instead of at each start. The printer takes a quarter of the start, and is under the Elastic
 * licence, which would restrict the use of the bundle.
 */
const printedSchema: Plugin = {
  name: 'printed-schema',
  setup({ onLoad }) {
    onLoad({ filter: /\/@apollo\/subgraph\/dist\/index\.js$/ }, () => ({
      contents: `export const printSubgraphSchema = () => ${JSON.stringify(printSubgraphSchema(schema))};`,
    }));
  },
};

/** graphql-jit requires some files of `graphql` by their full names, which would be a second copy of CommonJS modules. */
const oneGraphql: Plugin = {
  name: 'one-graphql',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^graphql\/.+\.js$/ }, ({ path, importer, resolveDir, kind }) =>
      resolve(path.replace(/\.js$/, '.mjs'), { importer, resolveDir, kind }),
    );
  },
};

await rm('dist', { recursive: true, force: true });
const options = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // CommonJS in the bundle loads Node's modules with `require`, which an ES module does not have.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  plugins: [printedSchema],
  // Names are kept for readable stack traces, and lines short, as Node prints the line of a crash.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;
const { metafile } = await build({
  ...options,
  entryPoints: { main: 'src/main.ts' },
  // ES modules where a package has both: esbuild reads each export of a CommonJS module through two getters.
  mainFields: ['module', 'main'],
  // The same for files that are imported without an extension, as `graphql` names its own.
  resolveExtensions: ['.mjs', '.js', '.json'],
  plugins: [printedSchema, oneGraphql],
  // The program is small, and loads the rest as a chunk once it handles signals.
  splitting: true,
});
// The schema has to be of the same `graphql` as the server that executes it.
await build({ ...options, entryPoints: { library: 'src/library.ts' }, external: ['graphql'] });
// Without it Node parses each file twice to detect that it is a module.
await writeFile('dist/package.json', '{ "type": "module" }\n');
await cp('src/graphiql/assets', 'dist/assets', { recursive: true });
const licences = [await licenceTexts(metafile), gunzipSync(await readFile('src/graphiql/assets/LICENSES.txt.gz'))];
await writeFile('dist/LICENSES.txt', licences.join('\n'));
