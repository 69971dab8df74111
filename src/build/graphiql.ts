import { resolve } from 'node:path';
import { build } from 'esbuild';
import { licenceTexts } from './licences.ts';

/** The package whose code runs in the browser; it has its own lock file. */
const BROWSER = resolve(import.meta.dirname, '../graphiql/browser');

/**
 * Bundles the script, the styles and the workers of the GraphiQL page. Returns the content of each file by its name, and the
 * licences of the packages in them as `LICENSES.txt`. The packages of `src/graphiql/browser` have to be installed.
 */
export async function buildGraphiql(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: BROWSER,
    entryPoints: {
      page: 'main.tsx',
      editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
      json: 'monaco-editor/esm/vs/language/json/json.worker.js',
      graphql: 'monaco-graphql/esm/graphql.worker.js',
    },
    outdir: 'dist',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    loader: { '.ttf': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const files = outputFiles.map(({ path, contents }) => [path.slice(path.lastIndexOf('/') + 1), contents] as const);
  const licences = await licenceTexts(metafile, BROWSER);
  return new Map([...files, ['LICENSES.txt', new TextEncoder().encode(licences)]]);
}
