import { readdir, readFile } from 'node:fs/promises';

/** The files of the GraphiQL page: the content of each by its name, compressed with gzip. */
export type GraphiqlFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** In the sources, and beside the bundle. */
const FOLDER = new URL('assets/', import.meta.url);

/** Reads the files of the page, which `npm run graphiql` writes. */
export async function readFiles(): Promise<GraphiqlFiles> {
  const names = (await readdir(FOLDER)).sort();
  const files = names.map(
    async (name) => [name.slice(0, -'.gz'.length), await readFile(new URL(name, FOLDER))] as const,
  );
  return new Map(await Promise.all(files));
}
