/**
 * The check for CI: whether subgraphs, each in a file named after it, compose. Both composers are asked, as registries use
 * either. `npx tsx examples/supergraph/check.ts schema.graphql orders.graphql` ends with 1 and says why where they do not.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { composeServices as composeByApollo } from '@apollo/composition';
import { composeServices as composeByGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { compose, type Subgraph } from './compose.ts';

try {
  const subgraphs = await Promise.all(process.argv.slice(2).map(readSubgraph));
  for (const composer of [composeByApollo, composeByGuild]) compose(subgraphs, composer);
  process.stdout.write(`One graph: ${subgraphs.map(({ name }) => name).join(', ')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

async function readSubgraph(file: string): Promise<Subgraph> {
  const name = basename(file, '.graphql');
  return { name, url: `http://${name}`, typeDefs: parse(await readFile(file, 'utf8')) };
}
