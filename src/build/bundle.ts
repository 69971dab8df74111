/** Makes `dist/`, which runs with nothing beside it: `npm run build`. */
import { rm, writeFile } from 'node:fs/promises';
import { printSubgraphSchema } from '@apollo/subgraph';
import { build, type Plugin } from 'esbuild';
import { schema } from '../schema/index.ts';
import { licenceTexts } from './licences.ts';

/**
 * The page of GraphiQL, 9 MB, stays a file of its own that the first visitor loads: within `main.js` it would cost every
 * start a third more time and 20 MiB.
 */
const graphiqlApart: Plugin = {
  name: 'graphiql-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^@graphql-yoga\/render-graphiql$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './graphiql.js', external: true } : null,
    );
  },
};

/**
 * Prints the schema now instead of at each start. What prints it takes a quarter of the start, and is under the Elastic
 * licence, which limits what others may do with the bundle.
 */
const schemaPrinted: Plugin = {
  name: 'schema-printed',
  setup({ onLoad }) {
    onLoad({ filter: /\/@apollo\/subgraph\/dist\/index\.js$/ }, () => ({
      contents: `export const printSubgraphSchema = () => ${JSON.stringify(printSubgraphSchema(schema))};`,
    }));
  },
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: 'src/main.ts', graphiql: '@graphql-yoga/render-graphiql' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // What is CommonJS in the bundle asks for Node's own modules by `require`, which a module has not.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  plugins: [graphiqlApart, schemaPrinted],
  // Names stay, so that a stack can be read; Node prints the line of a crash, so lines stay short.
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
});
// Without it Node reads each file twice to find out that it is a module.
await writeFile('dist/package.json', '{ "type": "module" }\n');
await writeFile('dist/LICENSES.txt', await licenceTexts(metafile));
