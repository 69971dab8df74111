/**
 * `npm run codegen`: typed documents for the tests and for the front-end example, by graphql-codegen's client preset. Its
 * command line, which would read the same options from a file, brings 200 more packages.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { preset } from '@graphql-codegen/client-preset';
import { codegen } from '@graphql-codegen/core';
import { gqlPluckFromCodeString } from '@graphql-tools/graphql-tag-pluck';
import { buildSchema, parse } from 'graphql';

const SDL = await readFile('schema.graphql', 'utf8');

/** Generates the documents of one folder into its `gql/`. A query that does not match the schema fails. */
async function generate(folder: string): Promise<void> {
  const output = `${folder}/gql/`;
  const files = await preset.buildGeneratesSection({
    baseOutputDir: output,
    documents: await readDocuments(folder),
    schema: parse(SDL),
    schemaAst: buildSchema(SDL, { assumeValidSDL: true }),
    plugins: [],
    pluginMap: {},
    // Also writes the manifest of trusted documents, for PERSISTED_OPERATIONS.
    presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
    config: {
      enumsAsTypes: true,
      useTypeImports: true,
      strictScalars: true,
      // `_Any` is in the schema that a running server prints.
      scalars: { DateTime: 'string', _Any: 'unknown' },
      importExtension: '.ts',
    },
  });
  await rm(output, { recursive: true, force: true });
  await mkdir(output);
  // Together, as the manifest waits for the documents.
  await Promise.all(files.map(async (file) => writeFile(file.filename, await codegen(file))));
}

/** Finds the documents in the files of a folder: the templates that are tagged with, or passed to, `graphql`. */
async function readDocuments(folder: string) {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith('.ts') && !name.startsWith('gql')).sort();
  const sources = await Promise.all(
    files.map(async (name) => {
      const code = await readFile(join(folder, name), 'utf8');
      return gqlPluckFromCodeString(name, code, { skipIndent: true });
    }),
  );
  return sources.flat().map(({ name, body }) => ({ location: name, rawSDL: body, document: parse(body) }));
}

for (const folder of ['test', 'examples/typescript']) await generate(folder);
