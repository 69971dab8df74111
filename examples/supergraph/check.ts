/**
 * A check for CI: whether subgraphs, each in a file named after it, compose with every composer that registries use.
 * `npx tsx examples/supergraph/check.ts schema.graphql orders.graphql` exits with 1 and prints the errors where they do not.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'graphql';
import { compose, type Subgraph } from './compose.ts';
import { COMPOSERS } from './composers.ts';

try {
  const subgraphs = await Promise.all(process.argv.slice(2).map(readSubgraph));
  for (const [, composer] of COMPOSERS) compose(subgraphs, composer);
  process.stdout.write(`The subgraphs compose: ${subgraphs.map(({ name }) => name).join(', ')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function readSubgraph(file: string): Promise<Subgraph> {
  const name = basename(file, '.graphql');
  return { name, url: `http://${name}`, typeDefs: parse(await readFile(file, 'utf8')) };
}
