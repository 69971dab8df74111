import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for one folder, written to its `gql/`. A query that the schema does not answer fails to compile. */
function typedDocuments(folder: string): CodegenConfig['generates'] {
  return {
    [`${folder}/gql/`]: {
      preset: 'client',
      documents: [`${folder}/**/*.ts`, `!${folder}/gql/**`],
      // The documents by their hashes: the manifest that PERSISTED_OPERATIONS takes.
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        // `_Any` is there where the schema is read from the address of a server.
        scalars: { DateTime: 'string', _Any: 'unknown' },
      },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: { ...typedDocuments('test'), ...typedDocuments('examples/front-end') },
  importExtension: '.ts',
};

export default config;
