/** `npm run codegen`: typed documents for the tests and for the front-end example. */
import type { CodegenConfig } from '@graphql-codegen/cli';

/** Generates typed documents for one folder into its `gql/`. A query that does not match the schema fails. */
function typedDocuments(folder: string): CodegenConfig['generates'] {
  return {
    [`${folder}/gql/`]: {
      preset: 'client',
      documents: [`${folder}/**/*.ts`, `!${folder}/gql/**`],
      // Also writes the manifest of trusted documents, for PERSISTED_OPERATIONS.
      presetConfig: { fragmentMasking: false, persistedDocuments: { hashAlgorithm: 'sha256' } },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        // `_Any` is in the schema that a running server prints.
        scalars: { DateTime: 'string', _Any: 'unknown' },
      },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema.graphql',
  generates: { ...typedDocuments('test'), ...typedDocuments('examples/typescript') },
  importExtension: '.ts',
};

export default config;
