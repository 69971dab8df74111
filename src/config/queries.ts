/** The section `queries` of the configuration: limits, introspection and trusted documents. */
import { z } from 'zod';
import { httpVariables } from './http.ts';
import { readManifest } from './manifest.ts';
import { oneOf, parsed, wholeNumber } from './values.ts';

/** The variables of the section. */
export const queriesVariables = {
  INTROSPECTION: oneOf(['on', 'off']).optional().meta({
    description:
      'Whether the schema can be explored: introspection, GraphiQL, `/schema.graphql`, suggestions in errors.',
    default: 'on; off with `NODE_ENV=production`',
  }),
  MAX_QUERY_COST: wholeNumber(1, 1_000_000)
    .default(5_000)
    .describe('Lookups that one request may make, at most `RATE_LIMIT`.'),
  RATE_LIMIT: wholeNumber(0, 999_999_999)
    .default(60_000)
    .describe('Lookups that one caller may make in a minute; 0: any number.'),
  MAX_BATCH_SIZE: wholeNumber(1, 10_000)
    .default(100)
    .describe("Ids and references that one field accepts; does not bound a gateway's `_entities`."),
  PERSISTED_OPERATIONS: parsed('the path of a JSON file: an object of queries by their hashes', readManifest)
    .optional()
    .describe('Manifest of trusted documents, which clients send by hash: of GraphQL Code Generator, Relay or Apollo.'),
  PERSISTED_OPERATIONS_MODE: oneOf(['only', 'also'])
    .default('only')
    .describe('With `PERSISTED_OPERATIONS`: `only` refuses every other query, `also` accepts them.'),
};

/** Limits of queries, introspection and trusted documents. */
export const queries = z
  .object({ ...queriesVariables, NODE_ENV: httpVariables.NODE_ENV })
  .transform(({ NODE_ENV, INTROSPECTION, RATE_LIMIT, ...env }) => ({
    /** Whether the schema can be explored: introspection, GraphiQL, suggestions. */
    introspection: INTROSPECTION === undefined ? !NODE_ENV : INTROSPECTION === 'on',
    /** Lookups that one request may make. The limit for a minute bounds it too. */
    maxCost: RATE_LIMIT === 0 ? env.MAX_QUERY_COST : Math.min(env.MAX_QUERY_COST, RATE_LIMIT),
    /** Lookups that a caller may make in a minute; null: any number. */
    costPerMinute: RATE_LIMIT === 0 ? null : RATE_LIMIT,
    /** Keys that one batch field accepts. */
    maxBatchSize: env.MAX_BATCH_SIZE,
    /** Trusted documents by their hashes; null: there are none. `only`: whether other queries are refused. */
    trusted:
      env.PERSISTED_OPERATIONS === undefined
        ? null
        : { documents: env.PERSISTED_OPERATIONS, only: env.PERSISTED_OPERATIONS_MODE === 'only' },
  }));
