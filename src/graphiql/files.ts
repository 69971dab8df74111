import type { GraphiqlFiles } from '../build/graphiql.ts';

let files: Promise<GraphiqlFiles> | null = null;

/** Returns the files of the page. From source it builds them, once; the bundle has them in a file beside it. */
export function loadFiles(): Promise<GraphiqlFiles> {
  files ??= import('../build/graphiql.ts').then(async ({ buildGraphiql }) => (await buildGraphiql()).files);
  return files;
}
