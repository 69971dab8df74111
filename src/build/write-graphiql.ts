/** `npm run graphiql`: writes the files of the GraphiQL page, which are committed, to `src/graphiql/assets/`. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { buildGraphiql } from './graphiql.ts';

const folder = new URL('../graphiql/assets/', import.meta.url);
const files = await buildGraphiql();
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
for (const [name, content] of files) await writeFile(new URL(`${name}.gz`, folder), gzipSync(content, { level: 9 }));
