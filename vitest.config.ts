/** The test projects: `unit`, `integration` and, where its packages are installed, `supergraph`. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

/** Tests that run the built program or a browser. */
const INTEGRATION_TESTS = [
  'test/main.test.ts',
  'test/build/bundle.test.ts',
  'test/build/package.test.ts',
  'test/e2e/**/*.test.ts',
  'test/examples/embed.test.ts',
  'test/examples/front-ends.test.ts',
  'test/examples/react.test.ts',
  'test/ops/file-descriptors.test.ts',
  'test/ops/workers.test.ts',
  'test/process/signals.test.ts',
  'test/redis/permissions.test.ts',
  'test/statuses/redis-cache.test.ts',
];

/** Tests of a package with an own lock file: its gateways weigh more than all else together. */
const SUPERGRAPH = existsSync('examples/supergraph/node_modules')
  ? [{ extends: true as const, test: { name: 'supergraph', include: ['examples/supergraph/test/*.test.ts'] } }]
  : [];
const NOT_INSTALLED = SUPERGRAPH.length > 0 ? [] : ['examples/supergraph (npm ci --prefix examples/supergraph)'];

export default defineConfig({
  resolve: {
    // One `graphql` for the sources and for the packages: two would not take each other's types.
    alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql/index.js') }],
  },
  test: {
    // Guards against hanging for ever; no test is about its own duration.
    testTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', ['./test/helpers/closing-line.ts', { notInstalled: NOT_INSTALLED }]],
    projects: [
      // What one process can test. `npm run test:unit` leaves Redis out as well.
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: INTEGRATION_TESTS } },
      {
        extends: true,
        test: { name: 'integration', include: INTEGRATION_TESTS, globalSetup: 'test/helpers/build.ts' },
      },
      ...SUPERGRAPH,
    ],
    coverage: {
      include: ['src/**/*.ts'],
      // Tests run these as programs of their own, whose coverage is not seen.
      exclude: [
        'src/main.ts',
        'src/process/**',
        'src/ops/workers.ts',
        'src/build/bundle.ts',
        'src/graphiql/browser/**',
      ],
      thresholds: { statements: 94, branches: 91, functions: 94, lines: 95 },
      reporter: ['text-summary', 'html'],
    },
  },
});
