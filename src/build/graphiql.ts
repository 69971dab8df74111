import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** The files of the GraphiQL page: the content of each by its name, compressed with gzip, as base64. */
export type GraphiqlFiles = Readonly<Record<string, string>>;

const BROWSER = resolve(import.meta.dirname, '../graphiql/browser');

/** Bundles the script, the styles and the workers of the GraphiQL page. */
export async function buildGraphiql(): Promise<{ readonly files: GraphiqlFiles; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: {
      page: `${BROWSER}/main.tsx`,
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
  const files = outputFiles.map(async ({ path, contents }) => {
    const compressed = await promisify(gzip)(contents);
    return [path.slice(path.lastIndexOf('/') + 1), compressed.toString('base64')];
  });
  return { files: Object.fromEntries(await Promise.all(files)), metafile };
}
